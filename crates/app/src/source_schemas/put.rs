use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::directory::SourceSchema;
use passwright_domain::ids::SourceId;
use passwright_storage::directory::source_schemas::Stored;

use super::save::{SaveSchema, checked};
use crate::{Error, Fault, Service};

impl Service {
    /// Replaces a schema. Its id must be in it, and stays, as does its name.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` without the id, for another id or name, and for a schema that is wrong in
    /// itself; `Conflict` when somebody changed it at the same time.
    pub async fn put_source_schema(
        &self,
        caller: &Caller,
        source: &str,
        id: &str,
        schema: SourceSchema,
    ) -> Result<SourceSchema, Error> {
        self.require(caller, Action::Administer(Right::ManageSourceSchemas), &format!("source:{source}")).await?;
        let (source, stored) = self.source_schema(source, id).await?;
        match schema.id.as_deref() {
            Some(given) if given == id => {}
            Some(_) => return Err(Error::bad(Fault::Illegal, "id cannot be changed")),
            None => return Err(Error::bad(Fault::Missing, "id is required")),
        }
        self.replace_source_schema(caller, source, stored, schema).await
    }

    /// Puts a schema in the place of the stored one.
    pub(super) async fn replace_source_schema(
        &self,
        caller: &Caller,
        source: SourceId,
        stored: Stored,
        schema: SourceSchema,
    ) -> Result<SourceSchema, Error> {
        if schema.name != stored.schema.name {
            return Err(Error::bad(Fault::Illegal, "name cannot be changed"));
        }
        let schema = checked(schema)?;
        let name = schema.name.clone().unwrap_or_default();
        let audit = self.changed(caller, "SOURCE_SCHEMA_UPDATED", format!("source:{source}"), &name);
        let read_at = Some(stored.modified_at);
        self.store.write(SaveSchema { source, id: stored.id, schema, read_at, now: self.now(), audit }).await?
    }
}
