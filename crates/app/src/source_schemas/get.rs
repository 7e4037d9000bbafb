use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::directory::SourceSchema;

use super::shown;
use crate::{Error, Service};

impl Service {
    /// One schema of a source.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn get_source_schema(&self, caller: &Caller, source: &str, id: &str) -> Result<SourceSchema, Error> {
        self.require(caller, Action::Administer(Right::ReadSourceSchemas), &format!("source:{source}")).await?;
        Ok(shown(self.source_schema(source, id).await?.1))
    }
}
