use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_domain::ids::ApiClientId;
use passwright_storage::clients::DeleteApiClient;

use crate::{Error, Service};

impl Service {
    /// Deletes an API client; its tokens are refused from now on.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_oauth_client(&self, caller: &Caller, id: &str) -> Result<(), Error> {
        self.require(caller, Action::ManageOauthClients, "client:any").await?;
        let id: ApiClientId = id.parse().map_err(|_| Error::NotFound)?;
        let object = format!("client:{id}");
        let tracking = &caller.tracking_id;
        let audit = self.audit_record(caller.actor(), "API_CLIENT_DELETED", object, Outcome::Passed, tracking, "");
        if self.store.write(DeleteApiClient { id, audit }).await? { Ok(()) } else { Err(Error::NotFound) }
    }
}
