use passwright_domain::access::Caller;
use passwright_domain::factors::FactorChange;
use passwright_storage::factors::ReplaceRecoveryCodes;
use passwright_vault::factors::{RecoveryCodes, recovery_code_digest};
use passwright_vault::secret::SecretText;

use super::{Factor, FactorRefusal, Shown, person};
use crate::{Error, Service};

/// Codes to be shown once.
pub struct MadeCodes(pub Vec<SecretText>);

impl Service {
    /// Makes ten recovery codes in the place of all earlier ones: with another factor or the help desk's digits where the person
    /// has a factor already.
    ///
    /// # Errors
    /// `Forbidden` for an API client; when the database does not answer.
    pub async fn make_recovery_codes(
        &self,
        caller: &Caller,
        shown: Option<Shown>,
    ) -> Result<Result<MadeCodes, FactorRefusal>, Error> {
        let (identity, _) = person(caller)?;
        let factor = Factor::RecoveryCodes;
        let proved = match self.may_change_factor(identity, factor, shown, &caller.tracking_id).await? {
            Ok(proved) => proved,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let codes = RecoveryCodes::random().0;
        let pepper = self.keys.pepper_copy();
        let digests = codes.iter().map(|code| recovery_code_digest(&pepper, identity.as_str(), code)).collect();
        let (audit, notice) = self.factor_news(caller, identity, factor, FactorChange::Enrolled, proved);
        let now = self.clock.now();
        self.store.write(ReplaceRecoveryCodes { identity_id: identity.clone(), digests, now, audit, notice }).await?;
        Ok(Ok(MadeCodes(codes)))
    }
}
