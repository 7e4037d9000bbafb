use passwright_domain::canonical::canonical;
use passwright_domain::collection::{Collection, Filter};
use passwright_domain::directory::{Source, SourceKey, Sources};
use passwright_domain::ids::{IdentityId, SourceId};
use passwright_domain::timestamp::Timestamp;

use crate::collection::{self, Column, Listed};
use crate::rows::{from_json, id, to_json};
use crate::{StorageError, Tx};

statements! {
    UPSERT = "INSERT INTO source (id, name, name_key, description, features, connector, sealed_credential, \
              policy_holders, created_at, modified_at, connector_kind) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10) \
              ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, \
              description = excluded.description, features = excluded.features, connector = excluded.connector, \
              sealed_credential = excluded.sealed_credential, policy_holders = excluded.policy_holders, \
              modified_at = excluded.modified_at, connector_kind = excluded.connector_kind";
    FORGET_HEALTH = "UPDATE source SET healthy = FALSE, status = 'SOURCE_STATE_UNCHECKED_SOURCE', checked_at = NULL \
                     WHERE id = $1 AND (connector IS DISTINCT FROM $2 OR sealed_credential IS DISTINCT FROM $3)";
    LIST = "SELECT id, name, description, features, connector, sealed_credential, policy_holders FROM source \
            ORDER BY name_key";
    SELECT = "SELECT source.id, source.name, source.description, source.features, source.connector, \
              source.sealed_credential, source.policy_holders, source.owner_id, identity.name AS owner_name, \
              source.authoritative, source.healthy, source.status, source.checked_at, source.created_at, source.modified_at FROM source \
              LEFT JOIN identity ON identity.id = source.owner_id";
    COUNT = "SELECT COUNT(*) FROM source LEFT JOIN identity ON identity.id = source.owner_id";
    SET_OWNER = "UPDATE source SET owner_id = $2 WHERE id = $1";
    SET_HEALTH = "UPDATE source SET healthy = $2, status = $3, checked_at = $4 WHERE id = $1";
    USES = "SELECT (SELECT COUNT(*) FROM account WHERE source_id = $1 AND removed_at IS NULL), \
            (SELECT COUNT(*) FROM application WHERE source_id = $1)";
    DELETE_REMOVED = "DELETE FROM account WHERE source_id = $1 AND removed_at IS NOT NULL \
                      AND NOT EXISTS (SELECT 1 FROM change_target WHERE change_target.account_id = account.id)";
    DELETE_STOP = "DELETE FROM source_stop WHERE source_id = $1";
    DELETE = "DELETE FROM source WHERE id = $1";
}

const TABLE: &str = "source";

type Row = (String, String, String, String, Option<String>, Option<String>, String);

fn source(row: Row) -> Result<Source, StorageError> {
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

row! {
    /// A source as the administrators' API shows it.
    pub struct ListedRow {
        id: String,
        name: String,
        description: String,
        features: String,
        connector: Option<String>,
        sealed_credential: Option<String>,
        policy_holders: String,
        owner_id: Option<String>,
        owner_name: Option<String>,
        authoritative: bool,
        healthy: bool,
        status: String,
        checked_at: Option<i64>,
        created_at: i64,
        modified_at: i64,
    }
}

impl Listed for Sources {
    type Row = ListedRow;

    const SELECT: &'static str = SELECT;
    const COUNT: &'static str = COUNT;
    const ID: Column = Column::SourceId;

    fn column(key: SourceKey) -> Column {
        match key {
            SourceKey::Id => Column::SourceId,
            SourceKey::Name => Column::SourceName,
            SourceKey::Kind => Column::SourceKind,
            SourceKey::OwnerId => Column::SourceOwnerId,
            SourceKey::OwnerName => Column::SourceOwnerName,
            SourceKey::Features => Column::SourceFeatures,
            SourceKey::Created => Column::SourceCreated,
            SourceKey::Modified => Column::SourceModified,
            SourceKey::Description => Column::SourceDescription,
            SourceKey::Authoritative => Column::SourceAuthoritative,
            SourceKey::Healthy => Column::SourceHealthy,
            SourceKey::Status => Column::SourceStatus,
            SourceKey::ConnectionType => Column::SourceConnectionType,
            SourceKey::Nothing => Column::SourceNothing,
        }
    }
}

/// What the last check of its connection found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub healthy: bool,
    /// The wire's name.
    pub status: String,
    pub checked_at: Option<Timestamp>,
}

/// A source with what the administrators' API tells besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub source: Source,
    /// Id and display name.
    pub owner: Option<(IdentityId, String)>,
    /// Whether its accounts make identities.
    pub authoritative: bool,
    pub health: Health,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

fn stored(row: ListedRow) -> Result<Stored, StorageError> {
    let head = (row.id, row.name, row.description, row.features, row.connector, row.sealed_credential);
    let (key, name, description, features, connector, sealed) = head;
    let owner = match (row.owner_id, row.owner_name) {
        (Some(key), Some(name)) => Some((id(TABLE, &key)?, name)),
        _ => None,
    };
    Ok(Stored {
        source: source((key, name, description, features, connector, sealed, row.policy_holders))?,
        owner,
        authoritative: row.authoritative,
        health: Health { healthy: row.healthy, status: row.status, checked_at: row.checked_at.map(Timestamp) },
        created_at: Timestamp(row.created_at),
        modified_at: Timestamp(row.modified_at),
    })
}

/// A part of the sources, and how many match when that was asked for.
///
/// # Errors
/// When the database does not answer.
pub async fn page(tx: &mut Tx<'_>, wanted: &Collection<Sources>) -> Result<(Vec<Stored>, Option<u64>), StorageError> {
    let (rows, total) = collection::list(tx, wanted).await?;
    Ok((rows.into_iter().map(stored).collect::<Result<_, _>>()?, total))
}

/// One source.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, key: &SourceId) -> Result<Option<Stored>, StorageError> {
    let (found, _) = page(tx, &Collection::whole().and(Filter::is(SourceKey::Id, key.as_str()))).await?;
    Ok(found.into_iter().next())
}

/// Inserts or replaces a source. Its owner stays, and its health unless its connection is another one now.
///
/// # Errors
/// `Conflict` when another source has the name in its canonical form.
pub async fn upsert(tx: &mut Tx<'_>, source: &Source, now: Timestamp) -> Result<(), StorageError> {
    let (connector, credential) = (source.connector.as_deref(), source.sealed_credential.as_deref());
    execute!(tx, FORGET_HEALTH, source.id.as_str(), connector, credential)?;
    execute!(
        tx,
        UPSERT,
        source.id.as_str(),
        source.name.as_str(),
        canonical(&source.name),
        source.description.as_str(),
        to_json(&source.features),
        connector,
        credential,
        to_json(&source.policy_holders),
        now.0,
        source.kind()
    )?;
    Ok(())
}

/// Says who owns a source.
///
/// # Errors
/// `Conflict` when there is no such identity.
pub async fn set_owner(tx: &mut Tx<'_>, key: &SourceId, owner: Option<&IdentityId>) -> Result<(), StorageError> {
    execute!(tx, SET_OWNER, key.as_str(), owner.map(IdentityId::as_str))?;
    Ok(())
}

/// Notes what a check of its connection found.
///
/// # Errors
/// When the database does not answer.
pub async fn set_health(tx: &mut Tx<'_>, key: &SourceId, health: &Health) -> Result<(), StorageError> {
    let checked_at = health.checked_at.map(|at| at.0);
    execute!(tx, SET_HEALTH, key.as_str(), health.healthy, health.status.as_str(), checked_at)?;
    Ok(())
}

/// How many accounts and applications a source has.
///
/// # Errors
/// When the database does not answer.
pub async fn uses(tx: &mut Tx<'_>, key: &SourceId) -> Result<(i64, i64), StorageError> {
    Ok(fetch_optional!(tx, (i64, i64), USES, key.as_str())?.unwrap_or_default())
}

/// Deletes a source with its schemas, its stop and the accounts that are gone there; true when there was one.
///
/// # Errors
/// `Conflict` when something refers to it.
pub async fn delete(tx: &mut Tx<'_>, key: &SourceId) -> Result<bool, StorageError> {
    execute!(tx, DELETE_REMOVED, key.as_str())?;
    execute!(tx, DELETE_STOP, key.as_str())?;
    Ok(execute!(tx, DELETE, key.as_str())? == 1)
}

/// All sources, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<Source>, StorageError> {
    fetch_all!(tx, Row, LIST)?.into_iter().map(source).collect()
}
