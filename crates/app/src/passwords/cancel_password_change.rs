//! Cancelling what was not written to yet. What was written stays: there is no roll-back.

use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_domain::ids::PasswordChangeId;
use passwright_storage::changes::{CancelChange, lookup_change, lookup_with_targets};

use super::shown::PasswordChange;
use crate::{Error, Service};

/// One text for every reason: an end that may not be shown yet must not show here.
const TOO_LATE: &str =
    "nothing of the change can be cancelled: every system was written to, is being written to, or was given up";

impl Service {
    /// Cancels the targets that wait or are to be tried again and were not written to.
    ///
    /// # Errors
    /// `Forbidden` without the scope; `NotFound` alike for an unknown change and one the caller may not cancel;
    /// `Conflict` when nothing can be cancelled.
    pub async fn cancel_password_change(&self, caller: &Caller, id: &str) -> Result<PasswordChange, Error> {
        self.require(caller, Action::CancelPasswordChanges, "change:any").await?;
        let id: PasswordChangeId = id.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        let change = lookup_change(&mut reader.tx(), &id).await?.ok_or(Error::NotFound)?;
        drop(reader);
        let object = format!("change:{id}");
        let action = Action::CancelPasswordChange { actor: &change.actor, identity: &change.identity_id };
        self.require(caller, action, &object).await?;
        let audit = self.audit_record(
            caller.actor(),
            "PASSWORD_CHANGE_CANCELLED",
            object,
            Outcome::Passed,
            &caller.tracking_id,
            format!("identity:{}", change.identity_id),
        );
        let now = self.clock.now();
        if self.store.write(CancelChange { change_id: id.clone(), now, audit }).await? == 0 {
            return Err(Error::Conflict(TOO_LATE.to_owned()));
        }
        let mut reader = self.store.read().await?;
        let stored = lookup_with_targets(&mut reader.tx(), &id).await?.ok_or(Error::NotFound)?;
        Ok(PasswordChange::of(stored, reader.tx().now(self.clock.now()).await?))
    }
}
