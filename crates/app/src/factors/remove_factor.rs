use passwright_domain::access::Caller;
use passwright_domain::factors::FactorChange;
use passwright_storage::factors::RemoveFactor;

use super::{Factor, FactorRefusal, Shown, person};
use crate::{Error, Service};

impl Service {
    /// Removes a factor of the caller, who shows another one or the help desk's digits.
    ///
    /// # Errors
    /// `Forbidden` for an API client; when the database does not answer.
    pub async fn remove_factor(
        &self,
        caller: &Caller,
        factor: Factor,
        shown: Option<Shown>,
    ) -> Result<Result<(), FactorRefusal>, Error> {
        let (identity, _) = person(caller)?;
        let proved = match self.may_change_factor(identity, factor, shown, &caller.tracking_id).await? {
            Ok(proved) => proved,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (audit, notice) = self.factor_news(caller, identity, factor, FactorChange::Removed, proved);
        let remove = RemoveFactor { identity_id: identity.clone(), factor, now: self.clock.now(), audit, notice };
        Ok(if self.store.write(remove).await? { Ok(()) } else { Err(FactorRefusal::Gone) })
    }
}
