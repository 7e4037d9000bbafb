//! Operations of Passwright's own API (`/api/v1`) and the sync of passwords: SailPoint has no such paths.

use passwright_wire::native::{NewPasswordChange, PasswordChange, PasswordDryRun, PasswordDryRunResponse};
use passwright_wire::{InvalidBody, PasswordChangeResponse, SyncPasswordRequest, from_json};
use reqwest::Method;

use crate::client::{Client, body, check_id};
use crate::error::ClientError;
use crate::transport::Call;

const CHANGES: &str = "/api/v1/password-changes";

/// Which changes [`Client::list_password_changes`] lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PasswordChangeQuery {
    /// Whose; `None`: the user's own. An API client must say.
    pub identity_id: Option<String>,
    /// At most so many, 0 to 250; `None`: 250.
    pub limit: Option<u32>,
    /// Leave so many out in front; `None`: 0.
    pub offset: Option<u64>,
}

impl Client {
    /// Asks for a password change with what became of it at each account.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown or not the caller's to see.
    pub async fn get_password_change(&self, id: &str) -> Result<PasswordChange, ClientError> {
        let path = format!("{CHANGES}/{}", check_id(id)?);
        self.ask("get_password_change", &Call { path, repeatable: true, ..Call::default() }).await
    }

    /// Lists an identity's password changes, newest first.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 403 for another's changes without the right.
    pub async fn list_password_changes(&self, query: &PasswordChangeQuery) -> Result<Vec<PasswordChange>, ClientError> {
        let parameters = [
            ("identityId", query.identity_id.clone()),
            ("limit", query.limit.map(|limit| limit.to_string())),
            ("offset", query.offset.map(|offset| offset.to_string())),
        ];
        let query = parameters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let call = Call { path: CHANGES.to_owned(), query, repeatable: true, ..Call::default() };
        let answer = self.transport.send(&call).await?;
        serde_json::from_slice(&answer).map_err(|e| {
            let fault = InvalidBody::Syntax { line: e.line(), column: e.column() };
            ClientError::Answer { operation: "list_password_changes", fault }
        })
    }

    /// Sets a password at most once: the same request under the same key within 24 hours gets the first answer, so it is
    /// sent again on 429 and 503 whatever
    /// [`ClientBuilder::repeat_set_password`](crate::ClientBuilder::repeat_set_password) says.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 409 when another request had the key.
    pub async fn create_password_change(
        &self,
        request: impl Into<NewPasswordChange>,
        idempotency_key: &str,
    ) -> Result<PasswordChangeResponse, ClientError> {
        const OPERATION: &str = "create_password_change";
        let call = Call {
            method: Method::POST,
            path: CHANGES.to_owned(),
            body: Some(body(OPERATION, &request.into())?),
            idempotency_key: Some(idempotency_key.to_owned()),
            repeatable: true,
            ..Call::default()
        };
        self.ask(OPERATION, &call).await
    }

    /// Cancels what was not written to yet, and gives the change as it is then.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 409 when nothing can be cancelled, 404 for an id that is unknown or not the caller's
    /// to cancel.
    pub async fn cancel_password_change(&self, id: &str) -> Result<PasswordChange, ClientError> {
        let path = format!("{CHANGES}/{}/cancel", check_id(id)?);
        self.ask("cancel_password_change", &Call { method: Method::POST, path, ..Call::default() }).await
    }

    /// Asks which rules a password would break at each account it would be brought to. The server changes and keeps nothing.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 403 for another's password without the right.
    pub async fn dry_run_password(&self, request: &PasswordDryRun) -> Result<PasswordDryRunResponse, ClientError> {
        const OPERATION: &str = "dry_run_password";
        let call = Call {
            method: Method::POST,
            path: "/api/v1/password-policy/dry-run".to_owned(),
            body: Some(body(OPERATION, request)?),
            repeatable: true,
            ..Call::default()
        };
        self.ask(OPERATION, &call).await
    }

    /// Tells that a password was changed at one source; it is brought to the others of its password group. `None` when
    /// there is nothing to do.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `v3` and `v2026`, which have no such operation; otherwise see [`ClientError`].
    pub async fn sync_password(
        &self,
        request: &SyncPasswordRequest,
    ) -> Result<Option<PasswordChangeResponse>, ClientError> {
        const OPERATION: &str = "sync_password";
        if !self.family.has_sync_password() {
            return Err(ClientError::NotInFamily { operation: OPERATION, family: self.family });
        }
        let call = Call {
            method: Method::POST,
            path: self.family.path("sync-password", ""),
            body: Some(body(OPERATION, request)?),
            repeatable: self.repeat_set_password,
            ..Call::default()
        };
        let answer = self.transport.send(&call).await?;
        if answer.is_empty() {
            return Ok(None);
        }
        from_json(&answer).map(Some).map_err(|fault| ClientError::Answer { operation: OPERATION, fault })
    }
}
