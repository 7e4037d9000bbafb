//! The client and its four operations.

use passwright_wire::from_json;
use reqwest::Method;
use serde_json::to_vec;

use crate::builder::ClientBuilder;
use crate::error::ClientError;
use crate::transport::{Call, Transport};
use crate::{
    PasswordChangeRequest, PasswordChangeResponse, PasswordDigitToken, PasswordDigitTokenReset, PasswordInfo,
    PasswordInfoQueryDto, PasswordStatus, PathFamily,
};

/// A client of the Password Management API. It keeps its connections and its access token; make one and share it.
pub struct Client {
    pub(crate) transport: Transport,
    pub(crate) family: PathFamily,
    pub(crate) repeat_set_password: bool,
}

impl Client {
    /// Starts a client from nothing.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client set up as the official SDKs are; see [`Configuration::load`](crate::Configuration::load).
    ///
    /// # Errors
    /// [`ClientError::Configuration`] when a base URL or credentials are missing, or a file cannot be read.
    pub fn from_environment() -> Result<Self, ClientError> {
        Self::builder().configuration(crate::Configuration::load(None)?).build()
    }

    /// The family of paths this client uses.
    #[must_use]
    pub fn path_family(&self) -> PathFamily {
        self.family
    }

    /// Generates a digit token: the code a help desk reads to a user. Not sent again on 429 or 503, since each call
    /// makes a new token.
    ///
    /// # Errors
    /// [`ClientError::NotInFamily`] for `v3`, which has no such operation; otherwise see [`ClientError`].
    pub async fn create_digit_token(&self, reset: &PasswordDigitTokenReset) -> Result<PasswordDigitToken, ClientError> {
        const OPERATION: &str = "create_digit_token";
        if !self.family.has_digit_token() {
            return Err(ClientError::NotInFamily { operation: OPERATION, family: self.family });
        }
        let call = Call {
            method: Method::POST,
            path: self.family.path("generate-password-reset-token", "/digit"),
            body: Some(body(OPERATION, reset)?),
            experimental: self.family.marks_experimental(),
            repeatable: false,
            ..Call::default()
        };
        self.ask(OPERATION, &call).await
    }

    /// Asks what became of a password change.
    ///
    /// # Errors
    /// [`ClientError::Api`] with status 404 for an id that is unknown or not the caller's to see.
    pub async fn get_identity_password_change_status(&self, id: &str) -> Result<PasswordStatus, ClientError> {
        let id = check_id(id)?;
        let call = Call {
            method: Method::GET,
            path: self.family.path("password-change-status", &format!("/{id}")),
            body: None,
            experimental: false,
            repeatable: true,
            ..Call::default()
        };
        self.ask("get_identity_password_change_status", &call).await
    }

    /// Asks for ids, public key, accounts and constraints for one user on one source.
    ///
    /// # Errors
    /// See [`ClientError`]; an unknown user or source is a 400.
    pub async fn query_password_info(&self, query: &PasswordInfoQueryDto) -> Result<PasswordInfo, ClientError> {
        const OPERATION: &str = "query_password_info";
        let call = Call {
            method: Method::POST,
            path: self.family.path("query-password-info", ""),
            body: Some(body(OPERATION, query)?),
            experimental: false,
            repeatable: true,
            ..Call::default()
        };
        self.ask(OPERATION, &call).await
    }

    /// Sets a password. The answer says only that the change was accepted; see
    /// [`wait_for_password_change`](Self::wait_for_password_change).
    ///
    /// Sent again on 429 and 503 with `Retry-After` unless
    /// [`ClientBuilder::repeat_set_password`](crate::ClientBuilder::repeat_set_password) forbids it.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn set_identity_password(
        &self,
        request: &PasswordChangeRequest,
    ) -> Result<PasswordChangeResponse, ClientError> {
        const OPERATION: &str = "set_identity_password";
        let call = Call {
            method: Method::POST,
            path: self.family.path("set-password", ""),
            body: Some(body(OPERATION, request)?),
            experimental: false,
            repeatable: self.repeat_set_password,
            ..Call::default()
        };
        self.ask(OPERATION, &call).await
    }

    pub(crate) async fn ask<T>(&self, operation: &'static str, call: &Call) -> Result<T, ClientError>
    where
        T: serde::de::DeserializeOwned,
    {
        let answer = self.transport.send(call).await?;
        from_json(&answer).map_err(|fault| ClientError::Answer { operation, fault })
    }
}

/// Ids are hex digits, and dashes at most: what passes needs no encoding and cannot leave the path.
pub(crate) fn check_id(id: &str) -> Result<&str, ClientError> {
    let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain { Ok(id) } else { Err(ClientError::InvalidRequestId) }
}

pub(crate) fn body<T: serde::Serialize>(operation: &'static str, request: &T) -> Result<Vec<u8>, ClientError> {
    to_vec(request).map_err(|_| ClientError::Request { operation })
}
