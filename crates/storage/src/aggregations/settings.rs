//! How the accounts of a source are taken in.

use passwright_domain::aggregation::AggregationSettings;
use passwright_domain::ids::SourceId;

use crate::rows::{from_json, id, to_json};
use crate::{StorageError, Tx};

statements! {
    ONE = "SELECT id, authoritative, aggregation FROM source WHERE id = $1";
    ALL = "SELECT id, authoritative, aggregation FROM source";
    SET = "UPDATE source SET authoritative = $2, aggregation = $3 WHERE id = $1";
}

type Row = (String, bool, Option<String>);

/// Whether the accounts of a source make identities, and its settings.
pub type Stored = (bool, AggregationSettings);

fn stored((key, authoritative, json): Row) -> Result<(SourceId, Stored), StorageError> {
    const TABLE: &str = "source";
    let settings = json.map(|json| from_json(TABLE, &json)).transpose()?;
    Ok((id(TABLE, &key)?, (authoritative, settings.unwrap_or_default())))
}

/// Those of one source; the defaults where there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, source: &SourceId) -> Result<Stored, StorageError> {
    let row = fetch_optional!(tx, Row, ONE, source.as_str())?.map(stored).transpose()?;
    Ok(row.map(|(_, settings)| settings).unwrap_or_default())
}

/// Those of every source.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<(SourceId, Stored)>, StorageError> {
    fetch_all!(tx, Row, ALL)?.into_iter().map(stored).collect()
}

/// # Errors
/// When the database does not answer.
pub async fn set(tx: &mut Tx<'_>, source: &SourceId, (authoritative, settings): &Stored) -> Result<(), StorageError> {
    let json = (!settings.is_default()).then(|| to_json(settings));
    execute!(tx, SET, source.as_str(), *authoritative, json)?;
    Ok(())
}
