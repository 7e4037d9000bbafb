//! What became of a change, as far as the caller may see.

use passwright_domain::access::Caller;
use passwright_domain::change::ChangeState;
use passwright_domain::ids::{PasswordChangeId, SourceId};
use passwright_storage::changes::lookup_change;

use super::shown::{is_released, shown_outcome};
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
        let id = self.change_to_read(caller, id).await?;
        let mut reader = self.store.read().await?;
        let change = lookup_change(&mut reader.tx(), &id).await?.ok_or(Error::NotFound)?;
        let now = reader.tx().now(self.clock.now()).await?;
        drop(reader);
        self.require_visible(caller, &change).await?;
        let released = is_released(&change, now);
        let (state, errors) = shown_outcome(change.state, change.errors, released);
        Ok(PasswordChangeStatus { id: change.id, state, errors, source_ids: change.source_ids })
    }
}
