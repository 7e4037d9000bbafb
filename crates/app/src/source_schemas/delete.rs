use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::{SourceId, SourceSchemaId};
use passwright_storage::directory::source_schemas;
use passwright_storage::{StorageError, Tx, Write, audit};

use crate::{Error, Service};

struct DeleteSchema {
    source: SourceId,
    id: SourceSchemaId,
    audit: AuditRecord,
}

impl Write for DeleteSchema {
    /// Whether there was one.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let deleted = source_schemas::delete(tx, &self.source, &self.id).await?;
        if deleted {
            audit::insert(tx, &self.audit).await?;
        }
        Ok(deleted)
    }
}

impl Service {
    /// Deletes a schema of a source.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`.
    pub async fn delete_source_schema(&self, caller: &Caller, source: &str, id: &str) -> Result<(), Error> {
        let object = format!("source:{source}");
        self.require(caller, Action::Administer(Right::ManageSourceSchemas), &object).await?;
        let (source, stored) = self.source_schema(source, id).await?;
        let name = stored.schema.name.unwrap_or_default();
        let audit = self.changed(caller, "SOURCE_SCHEMA_DELETED", object, &name);
        if self.store.write(DeleteSchema { source, id: stored.id, audit }).await? {
            Ok(())
        } else {
            Err(Error::NotFound)
        }
    }
}
