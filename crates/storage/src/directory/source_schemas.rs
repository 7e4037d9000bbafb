use passwright_domain::directory::SourceSchema;
use passwright_domain::ids::{SourceId, SourceSchemaId};
use passwright_domain::timestamp::Timestamp;

use crate::rows::{from_json, id, to_json};
use crate::{StorageError, Tx};

statements! {
    UPSERT = "INSERT INTO source_schema (id, source_id, name, body, created_at, modified_at) \
              VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
              body = excluded.body, modified_at = excluded.modified_at";
    LIST = "SELECT id, source_id, name FROM source_schema ORDER BY source_id, name";
    OF_SOURCE = "SELECT id, body, created_at, modified_at FROM source_schema WHERE source_id = $1 ORDER BY name";
    DELETE = "DELETE FROM source_schema WHERE source_id = $1 AND id = $2";
}

const TABLE: &str = "source_schema";

/// A schema with the times its row was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub id: SourceSchemaId,
    pub schema: SourceSchema,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

/// Inserts or replaces a schema.
///
/// # Errors
/// `Conflict` when the source has another schema of the name.
pub async fn upsert(
    tx: &mut Tx<'_>,
    key: &SourceSchemaId,
    source: &SourceId,
    schema: &SourceSchema,
    now: Timestamp,
) -> Result<(), StorageError> {
    let name = schema.name.as_deref().unwrap_or_default();
    execute!(tx, UPSERT, key.as_str(), source.as_str(), name, to_json(schema), now.0)?;
    Ok(())
}

/// Of every schema: its source, its id and its name.
///
/// # Errors
/// When the database does not answer.
pub async fn names(tx: &mut Tx<'_>) -> Result<Vec<(SourceId, SourceSchemaId, String)>, StorageError> {
    let rows = fetch_all!(tx, (String, String, String), LIST)?;
    rows.into_iter().map(|(key, source, name)| Ok((id(TABLE, &source)?, id(TABLE, &key)?, name))).collect()
}

/// The schemas of a source, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn of_source(tx: &mut Tx<'_>, source: &SourceId) -> Result<Vec<Stored>, StorageError> {
    let rows = fetch_all!(tx, (String, String, i64, i64), OF_SOURCE, source.as_str())?;
    let stored = rows.into_iter().map(|(key, body, created_at, modified_at)| {
        Ok(Stored {
            id: id(TABLE, &key)?,
            schema: from_json(TABLE, &body)?,
            created_at: Timestamp(created_at),
            modified_at: Timestamp(modified_at),
        })
    });
    stored.collect()
}

/// Deletes a schema of a source; true when there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx<'_>, source: &SourceId, key: &SourceSchemaId) -> Result<bool, StorageError> {
    Ok(execute!(tx, DELETE, source.as_str(), key.as_str())? == 1)
}
