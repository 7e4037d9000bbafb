//! Changes that are held after the service's database was restored (`/api/v1/held-changes`): Passwright's own, for an
//! ORG_ADMIN.

use passwright_wire::InvalidBody;
use passwright_wire::native::{HeldChangesRequest, HeldChangesResponse, PasswordChange};
use reqwest::Method;

use crate::client::{Client, body};
use crate::error::ClientError;
use crate::transport::Call;

const HELD: &str = "/api/v1/held-changes";

impl Client {
    /// Lists the held changes, oldest first, at most a thousand.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 403 for everybody but an ORG_ADMIN.
    pub async fn list_held_changes(&self) -> Result<Vec<PasswordChange>, ClientError> {
        let call = Call { path: HELD.to_owned(), repeatable: true, ..Call::default() };
        let answer = self.transport.send(&call).await?;
        serde_json::from_slice(&answer).map_err(|e| {
            let fault = InvalidBody::Syntax { line: e.line(), column: e.column() };
            ClientError::Answer { operation: "list_held_changes", fault }
        })
    }

    /// Lets held changes go on where they stood; gives how many.
    ///
    /// # Errors
    /// As [`list_held_changes`](Self::list_held_changes), and with status 400 for an id that is none.
    pub async fn release_held_changes(&self, request: &HeldChangesRequest) -> Result<u64, ClientError> {
        self.decide_held_changes("release_held_changes", "release", request).await
    }

    /// Gives held changes up; gives how many.
    ///
    /// # Errors
    /// As [`release_held_changes`](Self::release_held_changes).
    pub async fn cancel_held_changes(&self, request: &HeldChangesRequest) -> Result<u64, ClientError> {
        self.decide_held_changes("cancel_held_changes", "cancel", request).await
    }

    async fn decide_held_changes(
        &self,
        operation: &'static str,
        verb: &str,
        request: &HeldChangesRequest,
    ) -> Result<u64, ClientError> {
        let call = Call {
            method: Method::POST,
            path: format!("{HELD}/{verb}"),
            body: Some(body(operation, request)?),
            ..Call::default()
        };
        Ok(self.ask::<HeldChangesResponse>(operation, &call).await?.count)
    }
}
