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
              account.modified_at, source.name AS source_name, identity.name AS identity_name FROM account \
              JOIN source ON source.id = account.source_id LEFT JOIN identity ON identity.id = account.identity_id";
    COUNT = "SELECT COUNT(*) FROM account JOIN source ON source.id = account.source_id \
             LEFT JOIN identity ON identity.id = account.identity_id";
}

type Row = (String, Option<String>, String, String, String, String, bool, bool, bool, i64, i64, String, Option<String>);

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
            AccountKey::Correlated => Column::Yes,
            AccountKey::Uncorrelated | AccountKey::HasEntitlements => Column::No,
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
    let (
        key,
        identity,
        source,
        native_identity,
        name,
        attributes,
        disabled,
        locked,
        manual,
        created,
        modified,
        of,
        owner,
    ) = row;
    let owner = match (identity, owner) {
        (Some(identity), Some(name)) => Some((id(TABLE, &identity)?, name)),
        _ => None,
    };
    Ok(ListedAccount {
        id: id(TABLE, &key)?,
        owner,
        source_id: id(TABLE, &source)?,
        source_name: of,
        native_identity,
        name,
        attributes: from_json(TABLE, &attributes)?,
        disabled,
        locked,
        manually_correlated: manual,
        created_at: Timestamp(created),
        modified_at: Timestamp(modified),
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
