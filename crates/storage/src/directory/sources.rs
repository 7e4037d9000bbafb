use passwright_domain::canonical::canonical;
use passwright_domain::directory::Source;
use passwright_domain::timestamp::Timestamp;

use crate::rows::{from_json, id, to_json};
use crate::{StorageError, Tx};

statements! {
    UPSERT = "INSERT INTO source (id, name, name_key, description, features, connector, sealed_credential, \
              policy_holders, created_at, modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) \
              ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, \
              description = excluded.description, features = excluded.features, connector = excluded.connector, \
              sealed_credential = excluded.sealed_credential, policy_holders = excluded.policy_holders, \
              modified_at = excluded.modified_at";
    LIST = "SELECT id, name, description, features, connector, sealed_credential, policy_holders FROM source \
            ORDER BY name_key";
}

type Row = (String, String, String, String, Option<String>, Option<String>, String);

fn source(row: Row) -> Result<Source, StorageError> {
    const TABLE: &str = "source";
    let (key, name, description, features, connector, sealed_credential, holders) = row;
    Ok(Source {
        id: id(TABLE, &key)?,
        name,
        description,
        features: from_json(TABLE, &features)?,
        connector,
        sealed_credential,
        policy_holders: from_json(TABLE, &holders)?,
    })
}

/// Inserts or replaces a source.
///
/// # Errors
/// `Conflict` when another source has the name in its canonical form.
pub async fn upsert(tx: &mut Tx<'_>, source: &Source, now: Timestamp) -> Result<(), StorageError> {
    execute!(
        tx,
        UPSERT,
        source.id.as_str(),
        source.name.as_str(),
        canonical(&source.name),
        source.description.as_str(),
        to_json(&source.features),
        source.connector.as_deref(),
        source.sealed_credential.as_deref(),
        to_json(&source.policy_holders),
        now.0
    )?;
    Ok(())
}

/// All sources, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<Source>, StorageError> {
    fetch_all!(tx, Row, LIST)?.into_iter().map(source).collect()
}
