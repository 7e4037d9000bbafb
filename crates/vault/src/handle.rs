//! The handle given out as `publicKeyId`: base64 of a lower-case UUID that is cut from a MAC over the identity, with
//! a secret of its own per RSA key. Computed on every use, never stored; only who was given a handle knows it, and it
//! works for that identity and that RSA key alone.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use passwright_domain::ids::{IdentityId, RsaKeyId};

use crate::hkdf;
use crate::secret::{Key, ct_eq};

/// Whom a handle is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandleScope<'a> {
    /// One identity: the default.
    Identity(&'a IdentityId),
    /// Every identity, for callers who share one key over identities (setting `tenant`).
    Tenant,
}

/// The secret behind all handles of one RSA key.
pub struct HandleSecret(Key);

impl HandleSecret {
    /// Derives the secret; `root` is [`crate::key_source::Purpose::HandleSecret`]'s key. Every node gets the same.
    #[must_use]
    pub fn derive(root: &Key, key: &RsaKeyId) -> Self {
        Self(hkdf::derive(b"passwright handle", root.expose(), "rsa key", key.as_str().as_bytes()))
    }

    /// The handle: 48 base64 characters.
    #[must_use]
    pub fn handle_for(&self, scope: HandleScope<'_>) -> String {
        let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.0.expose()));
        match scope {
            HandleScope::Identity(identity) => {
                mac.update(b"identity\0");
                mac.update(identity.as_str().as_bytes());
            }
            HandleScope::Tenant => mac.update(b"tenant\0"),
        }
        let mut cut = [0; 16];
        for (to, from) in cut.iter_mut().zip(mac.sign().as_ref()) {
            *to = *from;
        }
        // 122 bits of the MAC remain beside the version and variant of a random UUID (RFC 9562 section 5.4).
        let uuid = uuid::Builder::from_random_bytes(cut).into_uuid();
        STANDARD.encode(uuid.hyphenated().to_string())
    }

    /// Whether `handle` is this key's handle for `scope`; compared in constant time.
    #[must_use]
    pub fn matches(&self, handle: &str, scope: HandleScope<'_>) -> bool {
        ct_eq(self.handle_for(scope).as_bytes(), handle.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(number: u16) -> IdentityId {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        IdentityId::from_random(bytes)
    }

    #[test]
    fn a_handle_is_base64_of_a_lower_case_uuid() {
        let secret = HandleSecret::derive(&Key::random(), &RsaKeyId::from_random([1; 16]));
        let handle = secret.handle_for(HandleScope::Identity(&identity(1)));
        assert_eq!(handle.len(), 48);
        let text = String::from_utf8(STANDARD.decode(&handle).unwrap()).unwrap();
        assert_eq!(text, uuid::Uuid::try_parse(&text).unwrap().hyphenated().to_string());
        assert_eq!(uuid::Uuid::try_parse(&text).unwrap().get_version_num(), 4);
    }

    /// A thousand uses of handles with another identity, scope, RSA key or root key (requirement R9): none accepted.
    #[test]
    fn a_handle_works_for_its_identity_and_key_alone() {
        let root = Key::random();
        let key = RsaKeyId::from_random([1; 16]);
        let secret = HandleSecret::derive(&root, &key);
        let others =
            [HandleSecret::derive(&root, &RsaKeyId::from_random([2; 16])), HandleSecret::derive(&Key::random(), &key)];
        for number in 0..1_000 {
            let (own, next) = (identity(number), identity(number + 1));
            let handle = secret.handle_for(HandleScope::Identity(&own));
            assert!(secret.matches(&handle, HandleScope::Identity(&own)));
            assert!(!secret.matches(&handle, HandleScope::Identity(&next)));
            assert!(!secret.matches(&handle, HandleScope::Tenant));
            assert!(others.iter().all(|other| !other.matches(&handle, HandleScope::Identity(&own))));
        }
        let tenant = secret.handle_for(HandleScope::Tenant);
        assert!(secret.matches(&tenant, HandleScope::Tenant));
        assert!(!secret.matches(&tenant, HandleScope::Identity(&identity(1))));
        for wrong in ["", &tenant[..47], &format!("{tenant} ")] {
            assert!(!secret.matches(wrong, HandleScope::Tenant));
        }
    }

    /// Every node and every release must compute the same handle.
    #[test]
    fn handles_are_fixed() {
        let secret = HandleSecret::derive(&Key::from_bytes(&[7; 32]), &RsaKeyId::from_random([1; 16]));
        assert_eq!(
            secret.handle_for(HandleScope::Identity(&identity(1))),
            "ZTA2NWZhNGUtY2I0My00MTk0LWIzZDYtZGYxODc0NDA0Mzg5"
        );
    }
}
