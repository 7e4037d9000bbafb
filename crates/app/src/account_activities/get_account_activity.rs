use passwright_domain::access::{Action, Caller};
use passwright_domain::ids::PasswordChangeId;
use passwright_storage::changes::lookup_with_targets;

use super::{AccountActivity, activity};
use crate::{Error, Service};

impl Service {
    /// One activity.
    ///
    /// # Errors
    /// `Forbidden` for an API client; `NotFound` alike for an unknown activity and one the caller may not see.
    pub async fn get_account_activity(&self, caller: &Caller, id: &str) -> Result<AccountActivity, Error> {
        self.require(caller, Action::ReadAccountActivities, "change:any").await?;
        let id: PasswordChangeId = id.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let stored = lookup_with_targets(&mut tx, &id).await?.ok_or(Error::NotFound)?;
        let (actor, identity) = (&stored.change.actor, &stored.change.identity_id);
        self.require(caller, Action::ReadAccountActivity { actor, identity }, &format!("change:{id}")).await?;
        let now = tx.now(self.clock.now()).await?;
        Ok(activity(&mut tx, stored, now).await?)
    }
}
