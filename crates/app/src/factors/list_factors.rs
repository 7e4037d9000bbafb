use std::collections::BTreeSet;

use passwright_domain::access::Caller;
use passwright_domain::ids::IdentityId;
use passwright_storage::factors::enrolled;

use super::{Factor, person};
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
