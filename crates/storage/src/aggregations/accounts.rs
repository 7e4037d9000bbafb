//! The accounts of a source as an aggregation finds and leaves them, whether they belong to somebody and are there or not.

use passwright_domain::directory::Attributes;
use passwright_domain::ids::{AccountId, AggregationId, IdentityId, SourceId};
use passwright_domain::timestamp::Timestamp;

use crate::rows::{from_json, id, to_json};
use crate::{StorageError, Tx};

statements! {
    // Of several under one key, one that is there.
    BY_KEY = "SELECT id, identity_id, native_identity, native_key, uuid, name, attributes, disabled, locked, \
              manually_correlated, removed_at FROM account WHERE source_id = $1 AND native_key = $2 \
              ORDER BY (removed_at IS NOT NULL), id LIMIT 1";
    BY_UUID = "SELECT id, identity_id, native_identity, native_key, uuid, name, attributes, disabled, locked, \
               manually_correlated, removed_at FROM account WHERE source_id = $1 AND uuid = $2 \
               ORDER BY (removed_at IS NOT NULL), id LIMIT 1";
    BY_NATIVE = "SELECT id, identity_id, native_identity, native_key, uuid, name, attributes, disabled, locked, \
                 manually_correlated, removed_at FROM account WHERE source_id = $1 AND native_identity = $2";
    WITHOUT_KEY = "SELECT id, native_identity FROM account WHERE source_id = $1 AND native_key IS NULL LIMIT $2";
    SET_KEY = "UPDATE account SET native_key = $2 WHERE id = $1";
    INSERT = "INSERT INTO account (id, identity_id, source_id, native_identity, native_key, uuid, name, attributes, \
              disabled, locked, manually_correlated, seen_in, created_at, modified_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, FALSE, $11, $12, $12)";
    UPDATE = "UPDATE account SET identity_id = $2, native_identity = $3, native_key = $4, uuid = $5, name = $6, \
              attributes = $7, disabled = $8, locked = $9, manually_correlated = $10, seen_in = $11, removed_at = NULL, \
              modified_at = $12 WHERE id = $1";
    MARK = "UPDATE account SET seen_in = $2 WHERE id = $1";
    VACATE = "UPDATE account SET native_identity = 'moved:' || id, native_key = 'moved:' || id WHERE id = $1";
    OPEN_TARGETS = "SELECT COUNT(*) FROM change_target WHERE account_id = $1 AND ended_at IS NULL";
    KNOWN = "SELECT COUNT(*) FROM account WHERE source_id = $1 AND removed_at IS NULL";
    GONE = "SELECT COUNT(*) FROM account WHERE source_id = $1 AND removed_at IS NULL AND created_at < $3 \
            AND seen_in IS DISTINCT FROM $2";
    REMOVE = "UPDATE account SET removed_at = $4, modified_at = $4 WHERE source_id = $1 AND removed_at IS NULL \
              AND created_at < $3 AND seen_in IS DISTINCT FROM $2";
}

row! {
    struct Row {
        id: String,
        identity_id: Option<String>,
        native_identity: String,
        native_key: Option<String>,
        uuid: Option<String>,
        name: String,
        attributes: String,
        disabled: bool,
        locked: bool,
        manually_correlated: bool,
        removed_at: Option<i64>,
    }
}

/// An account as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAccount {
    pub id: AccountId,
    pub identity_id: Option<IdentityId>,
    pub native_identity: String,
    /// `None` until the source is read for the first time after it was made by hand.
    pub native_key: Option<String>,
    pub uuid: Option<String>,
    pub name: String,
    pub attributes: Attributes,
    pub disabled: bool,
    pub locked: bool,
    pub manually_correlated: bool,
    /// It was gone when the source was read last.
    pub removed: bool,
}

const TABLE: &str = "account";

fn known(row: Row) -> Result<KnownAccount, StorageError> {
    Ok(KnownAccount {
        id: id(TABLE, &row.id)?,
        identity_id: row.identity_id.as_deref().map(|key| id(TABLE, key)).transpose()?,
        native_identity: row.native_identity,
        native_key: row.native_key,
        uuid: row.uuid,
        name: row.name,
        attributes: from_json(TABLE, &row.attributes)?,
        disabled: row.disabled,
        locked: row.locked,
        manually_correlated: row.manually_correlated,
        removed: row.removed_at.is_some(),
    })
}

/// # Errors
/// When the database does not answer.
pub async fn by_key(tx: &mut Tx<'_>, source: &SourceId, key: &str) -> Result<Option<KnownAccount>, StorageError> {
    fetch_optional!(tx, Row, BY_KEY, source.as_str(), key)?.map(known).transpose()
}

/// # Errors
/// When the database does not answer.
pub async fn by_uuid(tx: &mut Tx<'_>, source: &SourceId, uuid: &str) -> Result<Option<KnownAccount>, StorageError> {
    fetch_optional!(tx, Row, BY_UUID, source.as_str(), uuid)?.map(known).transpose()
}

/// # Errors
/// When the database does not answer.
pub async fn by_native(tx: &mut Tx<'_>, source: &SourceId, name: &str) -> Result<Option<KnownAccount>, StorageError> {
    fetch_optional!(tx, Row, BY_NATIVE, source.as_str(), name)?.map(known).transpose()
}

/// Gives the accounts of a source that have none yet their keys, at most `most`; true when there may be more.
///
/// # Errors
/// When the database does not answer.
pub async fn set_keys(
    tx: &mut Tx<'_>,
    source: &SourceId,
    most: u32,
    key: impl Fn(&str) -> String + Send,
) -> Result<bool, StorageError> {
    let rows = fetch_all!(tx, (String, String), WITHOUT_KEY, source.as_str(), i64::from(most))?;
    let full = rows.len() >= usize::try_from(most).unwrap_or(usize::MAX);
    for (id, native_identity) in rows {
        execute!(tx, SET_KEY, id, key(&native_identity))?;
    }
    Ok(full)
}

/// An account that there was not.
///
/// # Errors
/// `Conflict` when another account of the source has the native identity.
pub async fn insert(
    tx: &mut Tx<'_>,
    source: &SourceId,
    new: &KnownAccount,
    run: &AggregationId,
    now: Timestamp,
) -> Result<(), StorageError> {
    execute!(
        tx,
        INSERT,
        new.id.as_str(),
        new.identity_id.as_ref().map(IdentityId::as_str),
        source.as_str(),
        new.native_identity.as_str(),
        new.native_key.as_deref(),
        new.uuid.as_deref(),
        new.name.as_str(),
        to_json(&new.attributes),
        new.disabled,
        new.locked,
        run.as_str(),
        now.0
    )?;
    Ok(())
}

/// An account as it is now; its queue is left as it is, and it is there again.
///
/// # Errors
/// `Conflict` when another account of the source has the native identity.
pub async fn update(
    tx: &mut Tx<'_>,
    new: &KnownAccount,
    run: &AggregationId,
    now: Timestamp,
) -> Result<(), StorageError> {
    execute!(
        tx,
        UPDATE,
        new.id.as_str(),
        new.identity_id.as_ref().map(IdentityId::as_str),
        new.native_identity.as_str(),
        new.native_key.as_deref(),
        new.uuid.as_deref(),
        new.name.as_str(),
        to_json(&new.attributes),
        new.disabled,
        new.locked,
        new.manually_correlated,
        run.as_str(),
        now.0
    )?;
    Ok(())
}

/// Notes that an account was read and is as it was.
///
/// # Errors
/// When the database does not answer.
pub async fn mark(tx: &mut Tx<'_>, account: &AccountId, run: &AggregationId) -> Result<(), StorageError> {
    execute!(tx, MARK, account.as_str(), run.as_str())?;
    Ok(())
}

/// Takes an account's name away, because another one has it now. Should it still be there under another name, it is found by
/// its UUID.
///
/// # Errors
/// When the database does not answer.
pub async fn vacate(tx: &mut Tx<'_>, account: &AccountId) -> Result<(), StorageError> {
    execute!(tx, VACATE, account.as_str())?;
    Ok(())
}

/// Whether a password change of the account is under way.
///
/// # Errors
/// When the database does not answer.
pub async fn is_changing(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool, StorageError> {
    Ok(fetch_optional!(tx, (i64,), OPEN_TARGETS, account.as_str())?.is_some_and(|(open,)| open > 0))
}

/// How many accounts of a source there are.
///
/// # Errors
/// When the database does not answer.
pub async fn count(tx: &mut Tx<'_>, source: &SourceId) -> Result<u64, StorageError> {
    Ok(number(fetch_optional!(tx, (i64,), KNOWN, source.as_str())?))
}

/// How many of those that there were before the aggregation began it has not read.
///
/// # Errors
/// When the database does not answer.
pub async fn count_gone(
    tx: &mut Tx<'_>,
    source: &SourceId,
    run: &AggregationId,
    began: Timestamp,
) -> Result<u64, StorageError> {
    Ok(number(fetch_optional!(tx, (i64,), GONE, source.as_str(), run.as_str(), began.0)?))
}

/// Marks them as gone; gives how many.
///
/// # Errors
/// When the database does not answer.
pub async fn remove_gone(
    tx: &mut Tx<'_>,
    source: &SourceId,
    run: &AggregationId,
    began: Timestamp,
    now: Timestamp,
) -> Result<u64, StorageError> {
    execute!(tx, REMOVE, source.as_str(), run.as_str(), began.0, now.0)
}

fn number(row: Option<(i64,)>) -> u64 {
    row.and_then(|(number,)| u64::try_from(number).ok()).unwrap_or(0)
}
