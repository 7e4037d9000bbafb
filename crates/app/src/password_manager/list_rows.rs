//! The passwords of a person with when each was last changed, when it ends, and how its last change fares.

use passwright_domain::audit::Trace;
use std::collections::HashMap;
use std::time::Duration;

use passwright_domain::access::{Action, Caller};
use passwright_domain::collection::{Collection, Filter};
use passwright_domain::directory::{Account, Identity, UserApplicationKey, UserApplications};
use passwright_domain::ids::SourceId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::user_applications;

use super::rows::{Row, rows};
use super::{LastChange, PasswordRow, RowAccount};
use crate::catalog::Catalog;
use crate::passwords::{PasswordChange, PasswordChangeQuery};
use crate::sessions::Session;
use crate::{Error, Service};

const DAY: Duration = Duration::from_secs(86_400);

/// The names of a person's applications, by source.
pub(super) type Applications = HashMap<SourceId, Vec<String>>;

impl Service {
    /// The passwords of this session's person, and their last changes, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_password_rows(
        &self,
        session: &Session,
        trace: &Trace,
    ) -> Result<(Vec<PasswordRow>, Vec<PasswordChange>), Error> {
        let caller = session.caller(trace);
        let catalog = self.catalog().await?;
        let (identity, own) = self.person(session).await?;
        let applications = self.applications_of(&caller).await?;
        let changes = self.list_password_changes(&caller, PasswordChangeQuery::default()).await?;
        let of = |account: &Account| applications.get(&account.source_id).cloned().unwrap_or_default();
        let found = rows(&catalog, &own, &of);
        let shown = found.into_iter().map(|row| shown(row, &catalog, &identity, &applications, &changes)).collect();
        Ok((shown, changes))
    }

    pub(super) async fn applications_of(&self, caller: &Caller) -> Result<Applications, Error> {
        self.require(caller, Action::ReadOwnApplications, "application:own").await?;
        let own = caller.identity_id().ok_or(Error::NotFound)?;
        let own = Filter::is(UserApplicationKey::OwnerId, own.as_str());
        let mut reader = self.store.read().await?;
        let wanted = Collection::<UserApplications>::whole().and(own);
        let (found, _) = user_applications::page(&mut reader.tx(), &wanted).await?;
        let mut names = Applications::new();
        for application in found {
            names.entry(application.source.0).or_default().push(application.application.1);
        }
        for names in names.values_mut() {
            names.sort();
        }
        Ok(names)
    }
}

fn shown(
    row: Row,
    catalog: &Catalog,
    identity: &Identity,
    applications: &Applications,
    changes: &[PasswordChange],
) -> PasswordRow {
    let mut names: Vec<String> = Vec::new();
    for account in &row.reached {
        let of_source = applications.get(&account.source_id).into_iter().flatten();
        names.extend(of_source.filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
    }
    let changed_at: Option<Vec<Timestamp>> = row.reached.iter().map(|account| confirmed_at(account, changes)).collect();
    let days = row.reached.iter().filter_map(|account| {
        let policy = catalog.policy_for(catalog.source(&account.source_id)?, identity)?;
        let days = u64::try_from(policy.password_expiration).ok()?;
        let expires = confirmed_at(account, changes)? + DAY * u32::try_from(days).ok()?;
        policy.enable_passwd_expiration.then_some(expires)
    });
    let expires_at = days.min();
    let accounts = row.reached.iter().map(|account| RowAccount {
        source_name: catalog.source(&account.source_id).map(|known| known.source.name.clone()).unwrap_or_default(),
        account_name: account.name.clone(),
        last: last(account, changes),
    });
    PasswordRow {
        accounts: accounts.collect(),
        key: row.key,
        kind: row.kind,
        name: row.name,
        applications: names,
        // The whole is as old as its oldest part.
        changed_at: changed_at.and_then(|all| all.into_iter().min()),
        expires_at,
    }
}

/// When the account last took a password.
fn confirmed_at(account: &Account, changes: &[PasswordChange]) -> Option<Timestamp> {
    of_account(account, changes).filter(|(_, target)| target.state.is_confirmed()).find_map(|(_, t)| t.ended_at)
}

fn last(account: &Account, changes: &[PasswordChange]) -> Option<LastChange> {
    let (change, target) = of_account(account, changes).next()?;
    Some(LastChange {
        id: change.id.clone(),
        state: target.state,
        next_attempt_at: target.next_attempt_at,
        ended_at: target.ended_at,
    })
}

/// The account's place in each change, newest first.
fn of_account<'a>(
    account: &'a Account,
    changes: &'a [PasswordChange],
) -> impl Iterator<Item = (&'a PasswordChange, &'a crate::passwords::PasswordChangeTarget)> {
    changes.iter().filter_map(|change| {
        let is_it = |target: &&crate::passwords::PasswordChangeTarget| {
            target.source_id == account.source_id && target.account_id == account.native_identity
        };
        change.targets.iter().find(is_it).map(|target| (change, target))
    })
}
