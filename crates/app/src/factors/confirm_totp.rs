use passwright_domain::access::Caller;
use passwright_domain::canonical::canonical;
use passwright_domain::factors::{FactorChange, Lane, ProofLimits};
use passwright_storage::factors::{ConfirmTotp, lookup_pending_totp};
use passwright_storage::recovery::TakeProofAttempt;
use passwright_vault::factors::TotpSeed;
use passwright_vault::secret::SecretText;

use super::{Factor, FactorRefusal, Shown, person};
use crate::{Error, Service};

impl Service {
    /// Puts the shown authenticator into force, in the place of an earlier one: with a code of it, and with another factor or the
    /// help desk's digits where the person has a factor already.
    ///
    /// # Errors
    /// `Forbidden` for an API client; when the database does not answer.
    pub async fn confirm_totp(
        &self,
        caller: &Caller,
        code: SecretText,
        shown: Option<Shown>,
    ) -> Result<Result<(), FactorRefusal>, Error> {
        let (identity, alias) = person(caller)?;
        let now = self.clock.now();
        let mut reader = self.store.read().await?;
        let pending = lookup_pending_totp(&mut reader.tx(), identity, now).await?;
        drop(reader);
        let Some(pending) = pending else { return Ok(Err(FactorRefusal::Gone)) };
        let take = TakeProofAttempt {
            id: self.tracking_id(),
            lane: Lane::Confirm,
            name_key: canonical(alias),
            budgets: ProofLimits::default().budgets(Lane::Confirm),
            now,
        };
        if let Some(wait) = self.store.write(take).await? {
            return Ok(Err(FactorRefusal::TooMany(wait)));
        }
        let seed = TotpSeed::open(&self.proofs.seeds, identity.as_str(), &pending.id, &pending.sealed_seed)
            .map_err(|e| Error::Internal(e.to_string()))?;
        let code = SecretText::new(code.expose().split_whitespace().collect());
        let Some(step) = seed.step_of(&code, now, pending.last_step) else { return Ok(Err(FactorRefusal::Wrong)) };
        let proved = match self.may_change_factor(identity, Factor::Totp, shown, &caller.tracking_id).await? {
            Ok(proved) => proved,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (audit, notice) = self.factor_news(caller, identity, Factor::Totp, FactorChange::Enrolled, proved);
        let confirm = ConfirmTotp { id: pending.id, identity_id: identity.clone(), step, now, audit, notice };
        Ok(if self.store.write(confirm).await? { Ok(()) } else { Err(FactorRefusal::Gone) })
    }
}
