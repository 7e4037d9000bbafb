use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_storage::clients::{self, DeletePersonalAccessToken};

use crate::{Error, Service};

impl Service {
    /// Deletes a token of the caller's, or, for an administrator, anybody's; what it was given is refused from now on.
    ///
    /// # Errors
    /// `NotFound` also for a token the caller may not delete.
    pub async fn delete_personal_access_token(&self, caller: &Caller, id: &str) -> Result<(), Error> {
        self.require(caller, Action::ManagePersonalAccessTokens, "token:any").await?;
        let mut reader = self.store.read().await?;
        let token = clients::lookup_token(&mut reader.tx(), id).await?;
        drop(reader);
        let token = token.ok_or(Error::NotFound)?;
        let object = format!("token:{}", token.id);
        self.require(caller, Action::DeletePersonalAccessToken { owner: &token.owner_id }, &object).await?;
        let event = "PERSONAL_ACCESS_TOKEN_DELETED";
        let audit = self.audit_record(caller.actor(), event, object, Outcome::Passed, &caller.tracking_id, "");
        if self.store.write(DeletePersonalAccessToken { id: token.id, audit }).await? {
            Ok(())
        } else {
            Err(Error::NotFound)
        }
    }
}
