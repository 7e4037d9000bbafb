//! A change whose password came in a form: sealed at once, in the queue as any other.

use passwright_domain::audit::Trace;
use passwright_domain::change::{NewChange, NewTarget, PayloadKind, SealedPayload, fan_out};
use passwright_domain::directory::Account;
use passwright_domain::ids::{IdentityId, PasswordChangeId};
use passwright_vault::sealing;
use passwright_vault::secret::Password;

use crate::catalog::Catalog;
use crate::passwords::payload_binding;
use crate::{Error, Service};

/// Whose, where and what.
pub(super) struct Wanted<'a> {
    pub(super) actor: String,
    pub(super) tracking_id: &'a Trace,
    pub(super) identity: &'a IdentityId,
    pub(super) named: &'a Account,
    /// All accounts of the identity.
    pub(super) own: &'a [Account],
    pub(super) password: &'a Password,
}

impl Service {
    /// The change of the named account and of those that share its password. It also clears their locks: whoever had to reset a
    /// password was likely locked out.
    pub(super) fn direct_change(&self, catalog: &Catalog, wanted: &Wanted<'_>) -> Result<NewChange, Error> {
        let accepted_at = self.clock.now();
        let id = PasswordChangeId::from_random(self.rng.id_bytes(accepted_at));
        let (kind, unlock) = (PayloadKind::Direct, true);
        let (epoch, kek) = self.epochs.current(accepted_at);
        let bound_to = payload_binding(&id, wanted.identity, wanted.named, &kind, unlock);
        let sealed = sealing::seal(&kek, bound_to.as_bytes(), wanted.password.expose().as_bytes())
            .map_err(|e| Error::Internal(e.to_string()))?;
        let group = catalog.source(&wanted.named.source_id).and_then(|source| source.group.as_deref());
        let reached = fan_out(wanted.named, wanted.own, group, |source| catalog.write_order(source)).accounts;
        let targets =
            reached.into_iter().map(|a| NewTarget { account_id: a.id.clone(), source_id: a.source_id.clone() });
        Ok(NewChange {
            id,
            identity_id: wanted.identity.clone(),
            actor: wanted.actor.clone(),
            tracking_id: wanted.tracking_id.id.clone(),
            accepted_at,
            payload: SealedPayload { kind, epoch, wrapped_key: sealed.wrapped_key, ciphertext: sealed.ciphertext },
            ciphertext_digest: None,
            named_account_id: wanted.named.id.clone(),
            unlock,
            targets: targets.collect(),
        })
    }
}
