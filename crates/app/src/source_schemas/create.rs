use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::directory::SourceSchema;
use passwright_domain::ids::SourceSchemaId;

use super::save::{SaveSchema, checked};
use crate::{Error, Service};

impl Service {
    /// Gives a source a schema.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` for an unknown source; `BadRequest` for a schema that is wrong in itself, or a second one
    /// of the name.
    pub async fn create_source_schema(
        &self,
        caller: &Caller,
        source: &str,
        schema: SourceSchema,
    ) -> Result<SourceSchema, Error> {
        let object = format!("source:{source}");
        self.require(caller, Action::Administer(Right::ManageSourceSchemas), &object).await?;
        let source = source.parse().map_err(|_| Error::NotFound)?;
        let schema = checked(schema)?;
        let id = SourceSchemaId::from_random(self.rng.bytes16());
        let audit = self.changed(caller, "SOURCE_SCHEMA_CREATED", object, schema.name.as_deref().unwrap_or_default());
        self.store.write(SaveSchema { source, id, schema, read_at: None, now: self.now(), audit }).await?
    }
}
