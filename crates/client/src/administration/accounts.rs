//! Accounts, as they were last read from their sources.

use passwright_wire::JsonPatchOperation;
use passwright_wire::account::{Account, AccountToggleRequest, AccountUnlockRequest, AccountsAsyncResult};
use reqwest::Method;

use super::ListQuery;
use crate::client::Client;
use crate::error::ClientError;

const ACCOUNTS: &str = "accounts";

impl Client {
    /// Lists accounts.
    ///
    /// # Errors
    /// See [`ClientError`]; a filter that is not offered is a 400.
    pub async fn list_accounts(&self, query: &ListQuery) -> Result<Vec<Account>, ClientError> {
        self.listed("list_accounts", self.resource(ACCOUNTS, None, "")?, query.parameters()).await
    }

    /// Gets an account.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown.
    pub async fn get_account(&self, id: &str) -> Result<Account, ClientError> {
        self.got("get_account", self.resource(ACCOUNTS, Some(id), "")?).await
    }

    /// Says whose an account is: `/identityId`.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown, 400 for steps that do not apply.
    pub async fn update_account(
        &self,
        id: &str,
        steps: &[JsonPatchOperation],
    ) -> Result<AccountsAsyncResult, ClientError> {
        self.sent("update_account", Method::PATCH, self.resource(ACCOUNTS, Some(id), "")?, &steps).await
    }

    /// Unlocks an account at its source.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown, 400 when the source cannot or refuses, 503 when it does
    /// not answer.
    pub async fn unlock_account(
        &self,
        id: &str,
        request: &AccountUnlockRequest,
    ) -> Result<AccountsAsyncResult, ClientError> {
        self.sent("unlock_account", Method::POST, self.resource(ACCOUNTS, Some(id), "/unlock")?, request).await
    }

    /// Enables an account at its source.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown, 400 when the source cannot or refuses, 503 when it does
    /// not answer.
    pub async fn enable_account(
        &self,
        id: &str,
        request: &AccountToggleRequest,
    ) -> Result<AccountsAsyncResult, ClientError> {
        self.sent("enable_account", Method::POST, self.resource(ACCOUNTS, Some(id), "/enable")?, request).await
    }

    /// Disables an account at its source.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown, 400 when the source cannot or refuses, 503 when it does
    /// not answer.
    pub async fn disable_account(
        &self,
        id: &str,
        request: &AccountToggleRequest,
    ) -> Result<AccountsAsyncResult, ClientError> {
        self.sent("disable_account", Method::POST, self.resource(ACCOUNTS, Some(id), "/disable")?, request).await
    }

    /// Reads the state of an account at its source anew.
    ///
    /// # Errors
    /// As [`unlock_account`](Self::unlock_account).
    pub async fn reload_account(&self, id: &str) -> Result<AccountsAsyncResult, ClientError> {
        let path = self.resource(ACCOUNTS, Some(id), "/reload")?;
        self.sent("reload_account", Method::POST, path, &serde_json::json!({})).await
    }
}
