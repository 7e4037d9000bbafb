//! Password changes told as account activities: what was asked for, by whom, for whom, and what became of it at each account.

mod get_account_activity;
mod list_account_activities;

pub use list_account_activities::AccountActivityQuery;

use passwright_domain::ids::IdentityId;
use passwright_storage::changes::StoredChange;
use passwright_storage::directory::identities;
use passwright_storage::{StorageError, Tx};

use crate::Timestamp;
use crate::passwords::PasswordChange;

/// An activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountActivity {
    pub change: PasswordChange,
    /// Who asked, with the name; `None` when no person did.
    pub requester: Option<(IdentityId, String)>,
    /// For whom, with the name.
    pub target: (IdentityId, String),
}

async fn activity(tx: &mut Tx<'_>, stored: StoredChange, now: Timestamp) -> Result<AccountActivity, StorageError> {
    let requester = stored.change.actor.strip_prefix("identity:").and_then(|id| id.parse::<IdentityId>().ok());
    let target = stored.change.identity_id.clone();
    let name_of_target = name(tx, &target).await?;
    let requester = match requester {
        Some(id) if id == target => Some((id, name_of_target.clone())),
        Some(id) => {
            let name = name(tx, &id).await?;
            Some((id, name))
        }
        None => None,
    };
    Ok(AccountActivity { change: PasswordChange::of(stored, now), requester, target: (target, name_of_target) })
}

/// Empty for an identity that is gone.
async fn name(tx: &mut Tx<'_>, id: &IdentityId) -> Result<String, StorageError> {
    Ok(identities::lookup(tx, id).await?.map(|identity| identity.name).unwrap_or_default())
}
