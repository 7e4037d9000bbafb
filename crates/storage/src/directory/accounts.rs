use passwright_domain::directory::Account;
use passwright_domain::ids::{AccountId, IdentityId, SourceId};
use passwright_domain::timestamp::Timestamp;

use crate::rows::{from_json, id, to_json};
use crate::{StorageError, Tx};

statements! {
    UPSERT = "INSERT INTO account (id, identity_id, source_id, native_identity, name, attributes, created_at, \
              modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (id) DO UPDATE SET \
              identity_id = excluded.identity_id, source_id = excluded.source_id, \
              native_identity = excluded.native_identity, name = excluded.name, attributes = excluded.attributes, \
              removed_at = NULL, modified_at = excluded.modified_at";
    BY_ID = "SELECT id, identity_id, source_id, native_identity, name, attributes FROM account \
             WHERE id = $1 AND identity_id IS NOT NULL";
    BY_NATIVE = "SELECT id, identity_id, source_id, native_identity, name, attributes FROM account \
                 WHERE source_id = $1 AND native_identity = $2 AND identity_id IS NOT NULL AND removed_at IS NULL";
    OF_IDENTITY = "SELECT id, identity_id, source_id, native_identity, name, attributes FROM account \
                   WHERE identity_id = $1 AND removed_at IS NULL ORDER BY source_id, native_identity";
}

type Row = (String, String, String, String, String, String);

fn account(row: Row) -> Result<Account, StorageError> {
    const TABLE: &str = "account";
    let (key, identity, source, native_identity, name, attributes) = row;
    Ok(Account {
        id: id(TABLE, &key)?,
        identity_id: id(TABLE, &identity)?,
        source_id: id(TABLE, &source)?,
        native_identity,
        name,
        attributes: from_json(TABLE, &attributes)?,
    })
}

/// Inserts or replaces an account, which is there (again) then; its queue is left as it is.
///
/// # Errors
/// `Conflict` when another account of the source has the native identity.
pub async fn upsert(tx: &mut Tx<'_>, account: &Account, now: Timestamp) -> Result<(), StorageError> {
    execute!(
        tx,
        UPSERT,
        account.id.as_str(),
        account.identity_id.as_str(),
        account.source_id.as_str(),
        account.native_identity.as_str(),
        account.name.as_str(),
        to_json(&account.attributes),
        now.0
    )?;
    Ok(())
}

/// An account that belongs to somebody, whether it is still at its source or not.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, key: &AccountId) -> Result<Option<Account>, StorageError> {
    fetch_optional!(tx, Row, BY_ID, key.as_str())?.map(account).transpose()
}

/// An account that belongs to somebody and is at its source.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_native(
    tx: &mut Tx<'_>,
    source: &SourceId,
    native_identity: &str,
) -> Result<Option<Account>, StorageError> {
    fetch_optional!(tx, Row, BY_NATIVE, source.as_str(), native_identity)?.map(account).transpose()
}

/// All accounts of an identity that are at their sources.
///
/// # Errors
/// When the database does not answer.
pub async fn of_identity(tx: &mut Tx<'_>, identity: &IdentityId) -> Result<Vec<Account>, StorageError> {
    fetch_all!(tx, Row, OF_IDENTITY, identity.as_str())?.into_iter().map(account).collect()
}
