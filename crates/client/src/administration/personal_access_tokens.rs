//! Personal access tokens.

use passwright_wire::JsonPatchOperation;
use passwright_wire::personal_access_token::{
    CreatePersonalAccessTokenRequest, CreatedPersonalAccessToken, PersonalAccessToken,
};
use reqwest::Method;

use crate::client::Client;
use crate::error::ClientError;

const TOKENS: &str = "personal-access-tokens";

impl Client {
    /// Lists personal access tokens. `owner`: an identity's id, or `me`; `None`: everybody's, which needs a level.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 403 for another's without the right.
    pub async fn list_personal_access_tokens(
        &self,
        owner: Option<&str>,
    ) -> Result<Vec<PersonalAccessToken>, ClientError> {
        let query = owner.map(|owner| ("owner-id", owner.to_owned())).into_iter().collect();
        self.listed("list_personal_access_tokens", self.resource(TOKENS, None, "")?, query).await
    }

    /// Makes one of the user's own; the answer alone holds its secret.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn create_personal_access_token(
        &self,
        request: &CreatePersonalAccessTokenRequest,
    ) -> Result<CreatedPersonalAccessToken, ClientError> {
        self.sent("create_personal_access_token", Method::POST, self.resource(TOKENS, None, "")?, request).await
    }

    /// Changes fields of a personal access token.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown, 400 for steps that do not apply.
    pub async fn patch_personal_access_token(
        &self,
        id: &str,
        steps: &[JsonPatchOperation],
    ) -> Result<PersonalAccessToken, ClientError> {
        self.sent("patch_personal_access_token", Method::PATCH, self.resource(TOKENS, Some(id), "")?, &steps).await
    }

    /// Deletes a personal access token.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn delete_personal_access_token(&self, id: &str) -> Result<(), ClientError> {
        self.removed(self.resource(TOKENS, Some(id), "")?).await
    }
}
