//! Setting a password and asking what became of it: `POST /set-password`, `GET /password-change-status/{id}`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decode::null_as_default;

/// Asks for a new password. No field is required by the schema; the server says what it misses.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordChangeRequest {
    /// The identity whose password is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// Base64 of the RSAES-PKCS1-v1_5 ciphertext (RFC 8017 section 7.2) of the password's UTF-8 bytes. Line breaks in
    /// the base64 are tolerated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_password: Option<String>,
    /// Handle of the key, as [`PasswordInfo`](crate::PasswordInfo) gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_id: Option<String>,
    /// Native identity of the account; not the account's 32-digit id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The source of the account. Absent together with `accountId`: the identity's own sign-in password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
}

impl fmt::Debug for PasswordChangeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordChangeRequest")
            .field("identity_id", &self.identity_id)
            .field("public_key_id", &self.public_key_id)
            .field("account_id", &self.account_id)
            .field("source_id", &self.source_id)
            .finish_non_exhaustive()
    }
}

/// State of a password change. Closed: the SDKs check it against exactly these three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PasswordChangeState {
    /// Accepted; not every target is confirmed yet.
    InProgress,
    /// Every target is confirmed.
    Finished,
    /// A target failed for good, the change was superseded, or its payload is invalid.
    Failed,
}

impl PasswordChangeState {
    /// The text on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Finished => "FINISHED",
            Self::Failed => "FAILED",
        }
    }
}

impl fmt::Display for PasswordChangeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Answer to a [`PasswordChangeRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordChangeResponse {
    /// Id of the change, 32 hex digits; `null` when there was nothing to do.
    pub request_id: Option<String>,
    /// State at the time of the answer.
    pub state: PasswordChangeState,
}

/// What became of a password change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordStatus {
    /// Id of the change, 32 hex digits.
    pub request_id: Option<String>,
    /// State now.
    pub state: PasswordChangeState,
    /// Reasons of a failure, in plain words; empty unless `FAILED`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub errors: Vec<String>,
    /// The sources this change touches.
    #[serde(default, deserialize_with = "null_as_default")]
    pub source_ids: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_json() {
        let json = r#"{"requestId":"089899f13a8f4da7824996191587bab9","state":"IN_PROGRESS"}"#;
        let response: PasswordChangeResponse = serde_json::from_str(json).unwrap();
        assert_eq!(response.state, PasswordChangeState::InProgress);
        assert_eq!(serde_json::to_string(&response).unwrap(), json);

        let nothing = PasswordChangeResponse { request_id: None, state: PasswordChangeState::Finished };
        assert_eq!(serde_json::to_string(&nothing).unwrap(), r#"{"requestId":null,"state":"FINISHED"}"#);
        let absent: PasswordChangeResponse = serde_json::from_str(r#"{"state":"FINISHED"}"#).unwrap();
        assert_eq!(absent, nothing);
    }

    #[test]
    fn status_json() {
        let json = concat!(
            r#"{"requestId":"089899f13a8f4da7824996191587bab9","state":"FAILED","#,
            r#""errors":["The password change payload is invalid"],"sourceIds":["2c918083746f642c01746f990884012a"]}"#
        );
        let status: PasswordStatus = serde_json::from_str(json).unwrap();
        assert_eq!(status.errors, ["The password change payload is invalid"]);
        assert_eq!(serde_json::to_string(&status).unwrap(), json);

        let sparse: PasswordStatus = serde_json::from_str(r#"{"state":"FINISHED","errors":null}"#).unwrap();
        assert_eq!(
            serde_json::to_string(&sparse).unwrap(),
            r#"{"requestId":null,"state":"FINISHED","errors":[],"sourceIds":[]}"#
        );
    }

    #[test]
    fn states_are_closed() {
        for state in [PasswordChangeState::InProgress, PasswordChangeState::Finished, PasswordChangeState::Failed] {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
        }
        assert!(serde_json::from_str::<PasswordChangeState>("\"IN_PROCESS\"").is_err());
        assert!(serde_json::from_str::<PasswordChangeState>("\"in_progress\"").is_err());
    }

    #[test]
    fn debug_hides_the_ciphertext() {
        let request = PasswordChangeRequest { encrypted_password: Some("c2VjcmV0".into()), ..Default::default() };
        assert!(!format!("{request:?}").contains("c2VjcmV0"));
    }
}
