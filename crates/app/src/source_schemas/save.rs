use passwright_domain::audit::AuditRecord;
use passwright_domain::directory::SourceSchema;
use passwright_domain::ids::{SourceId, SourceSchemaId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::source_schemas;
use passwright_storage::{StorageError, Tx, Write, audit};

use super::{of_source, shown};
use crate::edit::{Stop, settled};
use crate::{Error, Fault};

/// Writes a schema as it is given.
pub(super) struct SaveSchema {
    pub(super) source: SourceId,
    pub(super) id: SourceSchemaId,
    pub(super) schema: SourceSchema,
    /// Of the row it was made from; `None` for a new one.
    pub(super) read_at: Option<Timestamp>,
    pub(super) now: Timestamp,
    pub(super) audit: AuditRecord,
}

/// What can be said of a schema without looking at others; the service's own fields are left out of what is kept.
pub(super) fn checked(schema: SourceSchema) -> Result<SourceSchema, Error> {
    let faults = schema.faults();
    if !faults.is_empty() {
        return Err(Error::bad(Fault::Illegal, faults.join("; ")));
    }
    Ok(SourceSchema { id: None, created: None, modified: None, ..schema })
}

impl SaveSchema {
    async fn save(&self, tx: &mut Tx<'_>) -> Result<SourceSchema, Stop> {
        let all = of_source(tx, &self.source).await?.ok_or(Error::NotFound)?;
        match (self.read_at, all.iter().find(|stored| stored.id == self.id)) {
            (Some(_), None) => return Err(Error::NotFound.into()),
            (Some(read_at), Some(stored)) if stored.modified_at != read_at => {
                return Err(Error::Conflict("the schema was changed at the same time".to_owned()).into());
            }
            _ => {}
        }
        if all.iter().any(|other| other.id != self.id && other.schema.name == self.schema.name) {
            return Err(Error::bad(Fault::Taken, "the source has a schema of this name").into());
        }
        source_schemas::upsert(tx, &self.id, &self.source, &self.schema, self.now).await?;
        audit::insert(tx, &self.audit).await?;
        let saved = source_schemas::of_source(tx, &self.source).await?.into_iter().find(|stored| stored.id == self.id);
        Ok(shown(saved.ok_or_else(|| Error::Internal("a schema was not written".to_owned()))?))
    }
}

impl Write for SaveSchema {
    type Output = Result<SourceSchema, Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.save(tx).await)
    }
}
