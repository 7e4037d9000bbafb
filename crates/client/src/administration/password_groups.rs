//! Password groups, which SailPoint calls password sync groups.

use passwright_wire::PasswordSyncGroup;
use reqwest::Method;

use super::ListQuery;
use crate::client::Client;
use crate::error::ClientError;

const GROUPS: &str = "password-sync-groups";

impl Client {
    /// Lists the password groups.
    ///
    /// # Errors
    /// See [`ClientError`]; a filter that is not offered is a 400.
    pub async fn list_password_groups(&self, query: &ListQuery) -> Result<Vec<PasswordSyncGroup>, ClientError> {
        self.listed("list_password_groups", self.resource(GROUPS, None, "")?, query.parameters()).await
    }

    /// Makes a password group.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn create_password_group(&self, request: &PasswordSyncGroup) -> Result<PasswordSyncGroup, ClientError> {
        self.sent("create_password_group", Method::POST, self.resource(GROUPS, None, "")?, request).await
    }

    /// Gets a password group.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn get_password_group(&self, id: &str) -> Result<PasswordSyncGroup, ClientError> {
        self.got("get_password_group", self.resource(GROUPS, Some(id), "")?).await
    }

    /// Replaces a password group.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn update_password_group(
        &self,
        id: &str,
        request: &PasswordSyncGroup,
    ) -> Result<PasswordSyncGroup, ClientError> {
        self.sent("update_password_group", Method::PUT, self.resource(GROUPS, Some(id), "")?, request).await
    }

    /// Deletes a password group; its sources keep its policy.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn delete_password_group(&self, id: &str) -> Result<(), ClientError> {
        self.removed(self.resource(GROUPS, Some(id), "")?).await
    }
}
