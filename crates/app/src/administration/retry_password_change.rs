use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::Outcome;
use passwright_domain::ids::PasswordChangeId;
use passwright_storage::changes::{RetryChange, lookup_change};

use crate::{Error, Service};

impl Service {
    /// Has the targets of a change that are to be tried again tried now. A source that is stopped or paused is left alone all the
    /// same. Gives how many are due now.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `Conflict` when none of it waits for a later attempt.
    pub async fn retry_password_change(&self, caller: &Caller, id: &str) -> Result<u64, Error> {
        let object = format!("change:{id}");
        self.require(caller, Action::Administer(Right::OverseeChanges), &object).await?;
        let change_id: PasswordChangeId = id.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        let change = lookup_change(&mut reader.tx(), &change_id).await?.ok_or(Error::NotFound)?;
        drop(reader);
        let detail = format!("identity:{}", change.identity_id);
        let tracking = &caller.tracking_id;
        let event = "PASSWORD_CHANGE_RETRIED";
        let audit = self.audit_record(caller.actor(), event, object, Outcome::Passed, tracking, detail);
        let due = self.store.write(RetryChange { change_id, now: self.clock.now(), audit }).await?;
        if due == 0 {
            return Err(Error::Conflict("nothing of the change waits for a later attempt".to_owned()));
        }
        self.work_waiting.notify_one();
        Ok(due)
    }
}
