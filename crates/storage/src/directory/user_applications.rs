//! Applications as people have them: everybody with an account on its source has an application that is switched on for all
//! accounts of that source. Where a person has several accounts there, the one with the least id stands for them.

use passwright_domain::collection::Collection;
use passwright_domain::directory::{UserApplicationKey, UserApplications};
use passwright_domain::ids::{AccountId, ApplicationId, IdentityId, SourceId};
use passwright_domain::timestamp::Timestamp;

use crate::collection::{self, Column, Listed};
use crate::rows::id;
use crate::{StorageError, Tx};

statements! {
    SELECT = "SELECT application.id, application.name, application.app_center_enabled, \
              application.provision_request_enabled, source.id AS source_id, source.name AS source_name, \
              account.id AS account_id, account.name AS account_name, account.created_at, account.modified_at, \
              identity.id AS identity_id, identity.name AS identity_name, identity.alias, \
              (SELECT COUNT(*) FROM account other WHERE other.source_id = account.source_id \
              AND other.identity_id = account.identity_id AND other.removed_at IS NULL) AS accounts FROM application \
              JOIN source ON source.id = application.source_id JOIN account ON account.source_id = application.source_id \
              AND application.enabled AND application.match_all_accounts AND account.id = (SELECT MIN(other.id) \
              FROM account other WHERE other.source_id = account.source_id AND other.identity_id = account.identity_id AND other.removed_at IS NULL) \
              JOIN identity ON identity.id = account.identity_id";
    COUNT = "SELECT COUNT(*) FROM application JOIN account ON account.source_id = application.source_id \
             AND application.enabled AND application.match_all_accounts AND account.id = (SELECT MIN(other.id) \
             FROM account other WHERE other.source_id = account.source_id AND other.identity_id = account.identity_id AND other.removed_at IS NULL) \
             JOIN identity ON identity.id = account.identity_id";
}

type Row = (String, String, bool, bool, String, String, String, String, i64, i64, String, String, String, i64);

impl Listed for UserApplications {
    type Row = Row;

    const SELECT: &'static str = SELECT;
    const COUNT: &'static str = COUNT;
    const ID: Column = Column::UserApplicationId;

    fn column(key: UserApplicationKey) -> Column {
        match key {
            UserApplicationKey::Id => Column::UserApplicationId,
            UserApplicationKey::OwnerId => Column::IdentityId,
            UserApplicationKey::OwnerName => Column::IdentityName,
            UserApplicationKey::OwnerAlias => Column::IdentityAlias,
            UserApplicationKey::AccountId => Column::AccountId,
            UserApplicationKey::ApplicationId => Column::ApplicationId,
            UserApplicationKey::ApplicationName => Column::ApplicationName,
        }
    }
}

/// An application of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserApplication {
    /// The owner's id and the application's, one after the other.
    pub id: String,
    pub application: (ApplicationId, String),
    pub app_center_enabled: bool,
    pub provision_request_enabled: bool,
    pub source: (SourceId, String),
    pub account: (AccountId, String),
    /// Of the account.
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
    pub owner: (IdentityId, String),
    pub owner_alias: String,
    /// The owner's accounts on the source.
    pub accounts: u64,
}

fn user_application(row: Row) -> Result<UserApplication, StorageError> {
    const TABLE: &str = "application";
    let (
        app,
        app_name,
        app_center,
        requests,
        source,
        source_name,
        account,
        account_name,
        created,
        modified,
        of,
        owner,
        alias,
        n,
    ) = row;
    Ok(UserApplication {
        id: format!("{of}{app}"),
        application: (id(TABLE, &app)?, app_name),
        app_center_enabled: app_center,
        provision_request_enabled: requests,
        source: (id("source", &source)?, source_name),
        account: (id("account", &account)?, account_name),
        created_at: Timestamp(created),
        modified_at: Timestamp(modified),
        owner: (id("identity", &of)?, owner),
        owner_alias: alias,
        accounts: u64::try_from(n).unwrap_or_default(),
    })
}

/// A part of them, and how many match when that was asked for.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    tx: &mut Tx<'_>,
    wanted: &Collection<UserApplications>,
) -> Result<(Vec<UserApplication>, Option<u64>), StorageError> {
    let (rows, total) = collection::list(tx, wanted).await?;
    Ok((rows.into_iter().map(user_application).collect::<Result<_, _>>()?, total))
}
