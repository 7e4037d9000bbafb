//! Lists of accounts, each with the names of its source and its owner.

use passwright_domain::collection::Collection;
use passwright_domain::directory::{AccountKey, Accounts, Attributes};
use passwright_domain::ids::{AccountId, IdentityId, SourceId};
use passwright_domain::timestamp::Timestamp;

use crate::collection::{self, Column, Listed};
use crate::rows::{from_json, id};
use crate::{StorageError, Tx};

statements! {
    SELECT = "SELECT account.id, account.identity_id, account.source_id, account.native_identity, account.name, \
              account.attributes, account.disabled, account.locked, account.manually_correlated, account.created_at, \
              account.modified_at, source.name AS source_name, identity.name AS identity_name, account.uuid, \
              source.authoritative FROM account \
              JOIN source ON source.id = account.source_id AND account.removed_at IS NULL LEFT JOIN identity ON identity.id = account.identity_id";
    COUNT = "SELECT COUNT(*) FROM account JOIN source ON source.id = account.source_id AND account.removed_at IS NULL \
             LEFT JOIN identity ON identity.id = account.identity_id";
}

row! {
    /// An account as a list reads it.
    pub struct Row {
        id: String,
        identity_id: Option<String>,
        source_id: String,
        native_identity: String,
        name: String,
        attributes: String,
        disabled: bool,
        locked: bool,
        manually_correlated: bool,
        created_at: i64,
        modified_at: i64,
        source_name: String,
        identity_name: Option<String>,
        uuid: Option<String>,
        authoritative: bool,
    }
}

impl Listed for Accounts {
    type Row = Row;

    const SELECT: &'static str = SELECT;
    const COUNT: &'static str = COUNT;
    const ID: Column = Column::AccountId;

    fn column(key: AccountKey) -> Column {
        match key {
            AccountKey::Id => Column::AccountId,
            AccountKey::Name => Column::AccountName,
            AccountKey::NativeIdentity => Column::AccountNativeIdentity,
            AccountKey::SourceId => Column::AccountSourceId,
            AccountKey::SourceName => Column::SourceName,
            AccountKey::IdentityId => Column::AccountIdentityId,
            AccountKey::IdentityName => Column::AccountOwnerName,
            AccountKey::Correlated => Column::AccountCorrelated,
            AccountKey::Uncorrelated => Column::AccountUncorrelated,
            AccountKey::HasEntitlements => Column::No,
            AccountKey::ManuallyCorrelated => Column::AccountManuallyCorrelated,
            AccountKey::Created => Column::AccountCreated,
            AccountKey::Modified => Column::AccountModified,
        }
    }
}

/// An account as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAccount {
    pub id: AccountId,
    /// Whose it is, with the name; `None` when that is not known.
    pub owner: Option<(IdentityId, String)>,
    pub source_id: SourceId,
    pub source_name: String,
    pub native_identity: String,
    /// What stays when it is renamed, where its source has such a thing.
    pub uuid: Option<String>,
    /// Its source makes identities of its accounts.
    pub authoritative: bool,
    pub name: String,
    pub attributes: Attributes,
    pub disabled: bool,
    pub locked: bool,
    /// Somebody said whose it is.
    pub manually_correlated: bool,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}

fn listed(row: Row) -> Result<ListedAccount, StorageError> {
    const TABLE: &str = "account";
    let owner = match (row.identity_id, row.identity_name) {
        (Some(identity), Some(name)) => Some((id(TABLE, &identity)?, name)),
        _ => None,
    };
    Ok(ListedAccount {
        id: id(TABLE, &row.id)?,
        owner,
        source_id: id(TABLE, &row.source_id)?,
        source_name: row.source_name,
        native_identity: row.native_identity,
        uuid: row.uuid,
        authoritative: row.authoritative,
        name: row.name,
        attributes: from_json(TABLE, &row.attributes)?,
        disabled: row.disabled,
        locked: row.locked,
        manually_correlated: row.manually_correlated,
        created_at: Timestamp(row.created_at),
        modified_at: Timestamp(row.modified_at),
    })
}

/// A part of the accounts, and how many match when that was asked for.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    tx: &mut Tx<'_>,
    wanted: &Collection<Accounts>,
) -> Result<(Vec<ListedAccount>, Option<u64>), StorageError> {
    let (rows, total) = collection::list(tx, wanted).await?;
    Ok((rows.into_iter().map(listed).collect::<Result<_, _>>()?, total))
}
