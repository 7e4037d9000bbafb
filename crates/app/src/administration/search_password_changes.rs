use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::directory::Identity;
use passwright_domain::ids::SourceId;
use passwright_storage::changes::overview::{Search, search};

use super::WantedChanges;
use super::people::{Who, meant, people};
use crate::passwords::PasswordChange;
use crate::{Error, Service};

/// Changes of one page.
const PAGE: usize = 25;
/// The last page: further back one asks for a person, a source or a state.
const LAST_PAGE: u32 = 400;

/// Which changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PasswordChangeSearch {
    /// A user name, or the beginning of a name; empty: everybody.
    pub person: String,
    /// A source's id; empty or none: all.
    pub source: String,
    pub wanted: WantedChanges,
    /// 0 is the first.
    pub page: u32,
}

/// A change and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundChange {
    pub change: PasswordChange,
    /// `None` for a person who is gone.
    pub person: Option<Identity>,
    /// Who asked for it, as the audit writes it.
    pub actor: String,
}

/// A page of changes, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundChanges {
    pub who: Who,
    pub changes: Vec<FoundChange>,
    /// There is another page.
    pub more: bool,
}

impl Service {
    /// Everybody's changes.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn search_password_changes(
        &self,
        caller: &Caller,
        wanted: &PasswordChangeSearch,
    ) -> Result<FoundChanges, Error> {
        self.require(caller, Action::Administer(Right::OverseeChanges), "change:all").await?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let who = meant(&mut tx, &wanted.person).await?;
        let identity = match &who {
            Who::Anyone => None,
            Who::One(identity) => Some(identity.id.clone()),
            Who::Several(_) | Who::Nobody => return Ok(FoundChanges { who, changes: Vec::new(), more: false }),
        };
        let page = wanted.page.min(LAST_PAGE);
        let size = i64::try_from(PAGE).unwrap_or_default();
        let sought = Search {
            identity,
            source: wanted.source.parse::<SourceId>().ok(),
            wanted: wanted.wanted,
            limit: size + 1,
            offset: size * i64::from(page),
        };
        let now = tx.now(self.clock.now()).await?;
        let mut stored = search(&mut tx, &sought, now).await?;
        let more = stored.len() > PAGE && page < LAST_PAGE;
        stored.truncate(PAGE);
        let known = people(&mut tx, stored.iter().map(|stored| stored.change.identity_id.clone())).await?;
        let changes = stored.into_iter().map(|stored| FoundChange {
            person: known.get(&stored.change.identity_id).cloned(),
            actor: stored.change.actor.clone(),
            change: PasswordChange::of(stored, now),
        });
        Ok(FoundChanges { who, changes: changes.collect(), more })
    }
}
