//! A change with what became of it at each account.

use passwright_domain::access::Caller;
use passwright_storage::changes::lookup_with_targets;

use super::shown::PasswordChange;
use crate::{Error, Service};

impl Service {
    /// Reads a change with its targets.
    ///
    /// # Errors
    /// `Forbidden` without the scope; `NotFound` alike for an unknown change and one the caller may not see.
    pub async fn get_password_change(&self, caller: &Caller, id: &str) -> Result<PasswordChange, Error> {
        let id = self.change_to_read(caller, id).await?;
        let mut reader = self.store.read().await?;
        let stored = lookup_with_targets(&mut reader.tx(), &id).await?.ok_or(Error::NotFound)?;
        let now = reader.tx().now(self.clock.now()).await?;
        drop(reader);
        self.require_visible(caller, &stored.change).await?;
        Ok(PasswordChange::of(stored, now))
    }
}
