//! Letting held changes go on where they stood. What somebody changed at a system since they were accepted is not
//! overwritten, where the system tells when.

use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_storage::changes::ReleaseHeld;

use super::HeldChanges;
use crate::{Error, Service};

impl Service {
    /// Releases held changes; gives how many. One that is not held any more is passed over.
    ///
    /// # Errors
    /// `Forbidden` for everybody but an ORG_ADMIN; `BadRequest` for an id that is none, or more than a thousand.
    pub async fn release_held_changes(&self, caller: &Caller, which: HeldChanges) -> Result<u64, Error> {
        self.require(caller, Action::ManageHeldChanges, "change:held").await?;
        let mut released = 0;
        for change_id in self.held_ids(which).await? {
            let audit = self.audit_record(
                caller.actor(),
                "HELD_PASSWORD_CHANGE_RELEASED",
                format!("change:{change_id}"),
                Outcome::Passed,
                &caller.tracking_id,
                "",
            );
            let release = ReleaseHeld { change_id, now: self.clock.now(), audit };
            released += u64::from(self.store.write(release).await?);
        }
        if released > 0 {
            self.work_waiting.notify_one();
        }
        Ok(released)
    }
}
