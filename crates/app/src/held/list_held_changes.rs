//! The held changes.

use passwright_domain::access::{Action, Caller};
use passwright_storage::changes::{held_changes, lookup_with_targets};

use super::MOST;
use crate::passwords::PasswordChange;
use crate::{Error, Service};

impl Service {
    /// Lists the held changes, oldest first, at most a thousand.
    ///
    /// # Errors
    /// `Forbidden` for everybody but an ORG_ADMIN.
    pub async fn list_held_changes(&self, caller: &Caller) -> Result<Vec<PasswordChange>, Error> {
        self.require(caller, Action::ManageHeldChanges, "change:held").await?;
        let mut reader = self.store.read().await?;
        let now = self.clock.now();
        let mut changes = Vec::new();
        for (id, _) in held_changes(&mut reader.tx(), MOST).await? {
            changes.extend(
                lookup_with_targets(&mut reader.tx(), &id).await?.map(|stored| PasswordChange::of(stored, now)),
            );
        }
        Ok(changes)
    }
}
