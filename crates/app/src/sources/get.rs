use passwright_domain::access::{Action, Caller, Right};

use super::SourceFields;
use crate::{Error, Service};

impl Service {
    /// One source, without its credential.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn get_source(&self, caller: &Caller, id: &str) -> Result<SourceFields, Error> {
        self.require(caller, Action::Administer(Right::ReadSources), &format!("source:{id}")).await?;
        let (stored, facts) = self.source_with_facts(id).await?;
        Ok(facts.shown(&stored))
    }
}
