use std::collections::BTreeSet;

use passwright_domain::access::Caller;
use passwright_domain::factors::{ChangeRefusal, may_change};
use passwright_domain::ids::IdentityId;
use passwright_storage::factors::enrolled;

use super::{Factor, Method, person};
use crate::{Error, Service};

/// The caller's factors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factors {
    pub enrolled: BTreeSet<Factor>,
    pub recovery_codes_left: u64,
}

impl Service {
    /// What the caller has enrolled; no secret is in it.
    ///
    /// # Errors
    /// `Forbidden` for an API client; when the database does not answer.
    pub async fn list_factors(&self, caller: &Caller) -> Result<Factors, Error> {
        let (identity, _) = person(caller)?;
        self.factors_of(identity).await
    }

    /// What the caller may show to enrol, replace or remove a factor, the best first; empty for the first factor, which needs nothing,
    /// and where nothing that would do can be had.
    ///
    /// # Errors
    /// `Forbidden` for an API client; when the database does not answer.
    pub async fn list_change_proofs(&self, caller: &Caller, factor: Factor) -> Result<Vec<Method>, Error> {
        self.change_proofs(caller, |enrolled, method| may_change(factor, enrolled, method)).await
    }

    /// The same by a rule of what is enrolled and what is shown.
    pub(super) async fn change_proofs(
        &self,
        caller: &Caller,
        rule: impl Fn(&BTreeSet<Factor>, Option<Method>) -> Result<(), ChangeRefusal>,
    ) -> Result<Vec<Method>, Error> {
        let (identity, _) = person(caller)?;
        let enrolled = self.factors_of(identity).await?.enrolled;
        if enrolled.is_empty() {
            return Ok(Vec::new());
        }
        let digits = self.catalog().await?.org_config.digit_token_enabled.then_some(Method::DigitToken);
        let own = Factor::ALL.into_iter().map(Factor::method).chain(digits);
        Ok(own.filter(|method| rule(&enrolled, Some(*method)).is_ok()).collect())
    }

    /// What an identity has enrolled: whether its sign-in needs a second step.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn factors_of(&self, identity: &IdentityId) -> Result<Factors, Error> {
        let mut reader = self.store.read().await?;
        let has = enrolled(&mut reader.tx(), identity).await?;
        let recovery_codes_left = u64::try_from(has.recovery_codes_left).unwrap_or_default();
        Ok(Factors { enrolled: has.factors, recovery_codes_left })
    }
}
