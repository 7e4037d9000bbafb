use passwright_domain::access::Caller;
use passwright_domain::factors::PENDING_LIFE;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::factors::StartTotp;
use passwright_vault::factors::TotpSeed;
use passwright_vault::secret::SecretText;

use super::person;
use crate::{Error, Service};

/// An authenticator to be put into an app. Nothing is enrolled before it is confirmed.
pub struct NewTotp {
    /// What the QR code holds.
    pub uri: SecretText,
    /// The same for typing: 32 letters and digits.
    pub text: SecretText,
    /// Until when it must be confirmed.
    pub expires_at: Timestamp,
}

impl Service {
    /// Makes an authenticator for the caller, to be shown once; one that was shown before and not confirmed is gone.
    ///
    /// # Errors
    /// `Forbidden` for an API client; when the database does not answer.
    pub async fn start_totp(&self, caller: &Caller) -> Result<NewTotp, Error> {
        let (identity, alias) = person(caller)?;
        let (id, now, seed) = (self.tracking_id(), self.clock.now(), TotpSeed::random());
        let sealed_seed =
            seed.seal(&self.proofs.seeds, identity.as_str(), &id).map_err(|e| Error::Internal(e.to_string()))?;
        let expires_at = now + PENDING_LIFE;
        self.store.write(StartTotp { id, identity_id: identity.clone(), sealed_seed, now, expires_at }).await?;
        Ok(NewTotp { uri: seed.to_uri(&self.settings.org, alias), text: seed.to_text(), expires_at })
    }
}
