//! What became of a change, as far as the caller may see.

use passwright_domain::access::{Action, Caller};
use passwright_domain::change::ChangeState;
use passwright_domain::ids::{PasswordChangeId, SourceId};
use passwright_storage::changes::lookup_change;

use crate::{Error, Service};

/// The state of a change as the wire shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordChangeStatus {
    pub id: PasswordChangeId,
    pub state: ChangeState,
    pub errors: Vec<String>,
    pub source_ids: Vec<SourceId>,
}

impl Service {
    /// Reads the state of a change.
    ///
    /// # Errors
    /// `Forbidden` without the scope; `NotFound` alike for an unknown change and one the caller may not see.
    pub async fn get_password_change_status(&self, caller: &Caller, id: &str) -> Result<PasswordChangeStatus, Error> {
        self.require(caller, Action::ReadPasswordChanges, "change:any").await?;
        let id: PasswordChangeId = id.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        let change = lookup_change(&mut reader.tx(), &id).await?.ok_or(Error::NotFound)?;
        drop(reader);
        let action = Action::ReadPasswordChange { actor: &change.actor, identity: &change.identity_id };
        self.require(caller, action, &format!("change:{id}")).await?;
        let released = change.released_at.is_some_and(|at| at <= self.clock.now());
        let (state, errors) =
            if released { (change.state, change.errors) } else { (ChangeState::InProgress, Vec::new()) };
        Ok(PasswordChangeStatus { id: change.id, state, errors, source_ids: change.source_ids })
    }
}
