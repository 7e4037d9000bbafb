//! Password policies.

use passwright_wire::password_policy::PasswordPolicy;
use reqwest::Method;

use super::ListQuery;
use crate::client::Client;
use crate::error::ClientError;

const POLICIES: &str = "password-policies";

impl Client {
    /// Lists the password policies.
    ///
    /// # Errors
    /// See [`ClientError`]; a filter that is not offered is a 400.
    pub async fn list_password_policies(&self, query: &ListQuery) -> Result<Vec<PasswordPolicy>, ClientError> {
        self.listed("list_password_policies", self.resource(POLICIES, None, "")?, query.parameters()).await
    }

    /// Makes a password policy.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn create_password_policy(&self, request: &PasswordPolicy) -> Result<PasswordPolicy, ClientError> {
        self.sent("create_password_policy", Method::POST, self.resource(POLICIES, None, "")?, request).await
    }

    /// Gets a password policy.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn get_password_policy(&self, id: &str) -> Result<PasswordPolicy, ClientError> {
        self.got("get_password_policy", self.resource(POLICIES, Some(id), "")?).await
    }

    /// Replaces a password policy.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn set_password_policy(&self, id: &str, request: &PasswordPolicy) -> Result<PasswordPolicy, ClientError> {
        self.sent("set_password_policy", Method::PUT, self.resource(POLICIES, Some(id), "")?, request).await
    }

    /// Deletes a password policy that nothing uses.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn delete_password_policy(&self, id: &str) -> Result<(), ClientError> {
        self.removed(self.resource(POLICIES, Some(id), "")?).await
    }
}
