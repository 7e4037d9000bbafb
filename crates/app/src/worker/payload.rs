//! From the sealed payload to the password.

use passwright_domain::change::{OpenTarget, PayloadKind};
use passwright_domain::directory::Account;
use passwright_vault::sealing::{self, Sealed};
use passwright_vault::secret::{Password, SecretBytes};

use super::world::Opened;
use crate::Service;
use crate::passwords::payload_binding;

/// Opens a payload. Takes the same steps whatever an RSA plaintext turns out to be; there is no "bad padding".
pub(crate) fn open(service: &Service, target: &OpenTarget, named: &Account) -> Opened {
    let payload = &target.payload;
    let Some(kek) = service.epochs.key(payload.epoch) else { return Opened::KeyGone };
    let sealed = Sealed { wrapped_key: payload.wrapped_key.clone(), ciphertext: payload.ciphertext.clone() };
    let bound_to = payload_binding(&target.change_id, &target.identity_id, named, &payload.kind, target.unlock);
    let Ok(content) = sealing::open(&kek, &sealed, bound_to.as_bytes()) else { return Opened::Invalid };
    let plaintext: SecretBytes = match &payload.kind {
        PayloadKind::Direct => content,
        PayloadKind::Rsa(id) => {
            let now = service.clock.now();
            let keys = service.keys.rsa();
            let live = keys.iter().find(|k| k.id == *id && service.keys.schedule.opens(k.created_at, now));
            let Some(key) = live else { return Opened::KeyGone };
            let Ok(plaintext) = key.private.decrypt_implicit(content.expose()) else { return Opened::Invalid };
            plaintext
        }
    };
    match Password::from_utf8(plaintext) {
        Ok(password) if is_password(password.expose()) => Opened::Password(password),
        _ => Opened::Invalid,
    }
}

pub(crate) fn is_password(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}
