use passwright_domain::canonical::canonical;
use passwright_domain::collection::{Collection, Resource};
use passwright_domain::directory::{Identities, Identity, IdentityKey, IdentityStatus, PublicIdentities};
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;

use crate::collection::{self, Column, Listed};
use crate::rows::{corrupt, from_json, id, to_json};
use crate::{StorageError, Tx};

statements! {
    UPSERT = "INSERT INTO identity (id, alias, alias_key, name, email, status, levels, attributes, created_at, \
              modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (id) DO UPDATE SET \
              alias = excluded.alias, alias_key = excluded.alias_key, name = excluded.name, email = excluded.email, \
              status = excluded.status, levels = excluded.levels, attributes = excluded.attributes, \
              modified_at = excluded.modified_at";
    BY_ID = "SELECT id, alias, name, email, status, levels, attributes FROM identity WHERE id = $1";
    BY_ALIAS = "SELECT id, alias, name, email, status, levels, attributes FROM identity WHERE alias_key = $1";
    LIST = "SELECT id, alias, name, email, status, levels, attributes FROM identity ORDER BY alias_key LIMIT $1 OFFSET $2";
    AFTER = "SELECT id, alias, name, email, status, levels, attributes FROM identity WHERE id > $1 ORDER BY id LIMIT $2";
    SELECT = "SELECT identity.id, identity.alias, identity.name, identity.email, identity.status, identity.levels, \
              identity.attributes, identity.created_at, identity.modified_at FROM identity";
    COUNT = "SELECT COUNT(*) FROM identity";
}

type Row = (String, String, String, Option<String>, String, String, String);

fn identity(row: Row) -> Result<Identity, StorageError> {
    const TABLE: &str = "identity";
    let (key, alias, name, email, status, levels, attributes) = row;
    Ok(Identity {
        id: id(TABLE, &key)?,
        alias,
        name,
        email,
        status: match status.as_str() {
            "ACTIVE" => IdentityStatus::Active,
            "DISABLED" => IdentityStatus::Disabled,
            _ => return Err(corrupt(TABLE, "status")),
        },
        levels: from_json(TABLE, &levels)?,
        attributes: from_json(TABLE, &attributes)?,
    })
}

/// Inserts or replaces an identity.
///
/// # Errors
/// `Conflict` when another identity has the alias in its canonical form.
pub async fn upsert(tx: &mut Tx<'_>, identity: &Identity, now: Timestamp) -> Result<(), StorageError> {
    let status = match identity.status {
        IdentityStatus::Active => "ACTIVE",
        IdentityStatus::Disabled => "DISABLED",
    };
    execute!(
        tx,
        UPSERT,
        identity.id.as_str(),
        identity.alias.as_str(),
        canonical(&identity.alias),
        identity.name.as_str(),
        identity.email.as_deref(),
        status,
        to_json(&identity.levels),
        to_json(&identity.attributes),
        now.0
    )?;
    Ok(())
}

/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, key: &IdentityId) -> Result<Option<Identity>, StorageError> {
    fetch_optional!(tx, Row, BY_ID, key.as_str())?.map(identity).transpose()
}

/// Looks an identity up by its login name in any spelling.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_by_alias(tx: &mut Tx<'_>, alias: &str) -> Result<Option<Identity>, StorageError> {
    fetch_optional!(tx, Row, BY_ALIAS, canonical(alias))?.map(identity).transpose()
}

/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>, limit: i64, offset: i64) -> Result<Vec<Identity>, StorageError> {
    fetch_all!(tx, Row, LIST, limit, offset)?.into_iter().map(identity).collect()
}

/// The identities behind `last` in the order of their ids, from the first without it.
///
/// # Errors
/// When the database does not answer.
pub async fn after(tx: &mut Tx<'_>, last: Option<&IdentityId>, most: u32) -> Result<Vec<Identity>, StorageError> {
    let last = last.map_or("", IdentityId::as_str);
    fetch_all!(tx, Row, AFTER, last, i64::from(most))?.into_iter().map(identity).collect()
}

type ListedRow = (String, String, String, Option<String>, String, String, String, i64, i64);

fn column(key: IdentityKey) -> Column {
    match key {
        IdentityKey::Id => Column::IdentityId,
        IdentityKey::Name => Column::IdentityName,
        IdentityKey::Alias => Column::IdentityAlias,
        IdentityKey::FirstName => Column::IdentityFirstName,
        IdentityKey::LastName => Column::IdentityLastName,
        IdentityKey::Email => Column::IdentityEmail,
        IdentityKey::CloudStatus => Column::IdentityStatus,
        IdentityKey::ProcessingState => Column::IdentityProcessingState,
        IdentityKey::Correlated => Column::Yes,
        IdentityKey::Protected => Column::No,
    }
}

impl Listed for Identities {
    type Row = ListedRow;

    const SELECT: &'static str = SELECT;
    const COUNT: &'static str = COUNT;
    const ID: Column = Column::IdentityId;

    fn column(key: IdentityKey) -> Column {
        column(key)
    }
}

impl Listed for PublicIdentities {
    type Row = ListedRow;

    const SELECT: &'static str = SELECT;
    const COUNT: &'static str = COUNT;
    const ID: Column = Column::IdentityId;

    fn column(key: IdentityKey) -> Column {
        column(key)
    }
}

/// An identity with the times its row was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub identity: Identity,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

/// A part of the identities, and how many match when that was asked for.
///
/// # Errors
/// When the database does not answer.
pub async fn page<R>(tx: &mut Tx<'_>, wanted: &Collection<R>) -> Result<(Vec<Stored>, Option<u64>), StorageError>
where
    R: Resource<Key = IdentityKey> + Listed<Row = ListedRow>,
{
    let (rows, total) = collection::list(tx, wanted).await?;
    let stored = rows.into_iter().map(|(key, alias, name, email, status, levels, attributes, created, modified)| {
        let identity = identity((key, alias, name, email, status, levels, attributes))?;
        Ok(Stored { identity, created_at: Timestamp(created), modified_at: Timestamp(modified) })
    });
    Ok((stored.collect::<Result<_, StorageError>>()?, total))
}
