use passwright_domain::access::{Action, Caller};
use passwright_domain::client::ApiClient;
use passwright_storage::clients;

use crate::{Error, Service};

impl Service {
    /// One API client, without its secret, which nobody has.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get_oauth_client(&self, caller: &Caller, id: &str) -> Result<ApiClient, Error> {
        self.require(caller, Action::ReadOauthClient, "client:any").await?;
        self.oauth_client(id).await
    }

    /// Reads it for one whose right was asked before.
    pub(super) async fn oauth_client(&self, id: &str) -> Result<ApiClient, Error> {
        let mut reader = self.store.read().await?;
        clients::lookup_client(&mut reader.tx(), id).await?.ok_or(Error::NotFound)
    }
}
