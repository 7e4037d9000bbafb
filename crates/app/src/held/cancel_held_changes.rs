//! Giving held changes up.

use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_storage::changes::CancelHeld;

use super::HeldChanges;
use crate::{Error, Service};

/// What such a change says.
const CANCELLED: &str = "cancelled by an administrator after the database was restored";

impl Service {
    /// Cancels held changes; gives how many. One that is not held any more is passed over.
    ///
    /// # Errors
    /// `Forbidden` for everybody but an ORG_ADMIN; `BadRequest` for an id that is none, or more than a thousand.
    pub async fn cancel_held_changes(&self, caller: &Caller, which: HeldChanges) -> Result<u64, Error> {
        self.require(caller, Action::ManageHeldChanges, "change:held").await?;
        let mut cancelled = 0;
        for change_id in self.held_ids(which).await? {
            let audit = self.audit_record(
                caller.actor(),
                "HELD_PASSWORD_CHANGE_CANCELLED",
                format!("change:{change_id}"),
                Outcome::Passed,
                &caller.tracking_id,
                "",
            );
            let cancel = CancelHeld { change_id, reason: CANCELLED.to_owned(), now: self.clock.now(), audit };
            cancelled += u64::from(self.store.write(cancel).await?);
        }
        Ok(cancelled)
    }
}
