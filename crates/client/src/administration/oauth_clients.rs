//! API clients.

use passwright_wire::JsonPatchOperation;
use passwright_wire::oauth_client::{CreateOauthClientRequest, OauthClient};
use reqwest::Method;

use crate::client::Client;
use crate::error::ClientError;

const CLIENTS: &str = "oauth-clients";

impl Client {
    /// Lists the API clients.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn list_oauth_clients(&self) -> Result<Vec<OauthClient>, ClientError> {
        self.listed("list_oauth_clients", self.resource(CLIENTS, None, "")?, Vec::new()).await
    }

    /// Makes an API client; the answer alone holds its secret.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn create_oauth_client(&self, request: &CreateOauthClientRequest) -> Result<OauthClient, ClientError> {
        self.sent("create_oauth_client", Method::POST, self.resource(CLIENTS, None, "")?, request).await
    }

    /// Gets an API client.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn get_oauth_client(&self, id: &str) -> Result<OauthClient, ClientError> {
        self.got("get_oauth_client", self.resource(CLIENTS, Some(id), "")?).await
    }

    /// Changes fields of an API client.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown, 400 for steps that do not apply.
    pub async fn patch_oauth_client(&self, id: &str, steps: &[JsonPatchOperation]) -> Result<OauthClient, ClientError> {
        self.sent("patch_oauth_client", Method::PATCH, self.resource(CLIENTS, Some(id), "")?, &steps).await
    }

    /// Deletes an API client; its tokens end with it.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn delete_oauth_client(&self, id: &str) -> Result<(), ClientError> {
        self.removed(self.resource(CLIENTS, Some(id), "")?).await
    }
}
