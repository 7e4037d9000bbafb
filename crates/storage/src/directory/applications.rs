use passwright_domain::canonical::canonical;
use passwright_domain::directory::Application;
use passwright_domain::timestamp::Timestamp;

use crate::rows::id;
use crate::{StorageError, Tx};

statements! {
    UPSERT = "INSERT INTO application (id, name, name_key, description, source_id, created_at, modified_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
              name_key = excluded.name_key, description = excluded.description, source_id = excluded.source_id, \
              modified_at = excluded.modified_at";
    LIST = "SELECT id, name, description, source_id FROM application ORDER BY name_key";
}

/// Inserts or replaces an application.
///
/// # Errors
/// `Conflict` when another application has the name in its canonical form.
pub async fn upsert(tx: &mut Tx<'_>, application: &Application, now: Timestamp) -> Result<(), StorageError> {
    execute!(
        tx,
        UPSERT,
        application.id.as_str(),
        application.name.as_str(),
        canonical(&application.name),
        application.description.as_str(),
        application.source_id.as_str(),
        now.0
    )?;
    Ok(())
}

/// All applications, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<Application>, StorageError> {
    const TABLE: &str = "application";
    fetch_all!(tx, (String, String, String, String), LIST)?
        .into_iter()
        .map(|(key, name, description, source)| {
            Ok(Application { id: id(TABLE, &key)?, name, description, source_id: id(TABLE, &source)? })
        })
        .collect()
}
