//! Password changes with what became of them at each account: `/api/v1/password-changes`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::password_change::{PasswordChangeRequest, PasswordChangeState};

/// Body of `POST /api/v1/password-changes`: that of `set-password` and what it cannot ask for.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPasswordChange {
    /// The identity whose password is set; absent: the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// As in [`PasswordChangeRequest`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_password: Option<String>,
    /// As in [`PasswordChangeRequest`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_id: Option<String>,
    /// As in [`PasswordChangeRequest`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// As in [`PasswordChangeRequest`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// Clear the lock of each account in the same step, where its system can; absent: no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlock_account: Option<bool>,
}

impl fmt::Debug for NewPasswordChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPasswordChange")
            .field("identity_id", &self.identity_id)
            .field("public_key_id", &self.public_key_id)
            .field("account_id", &self.account_id)
            .field("source_id", &self.source_id)
            .field("unlock_account", &self.unlock_account)
            .finish_non_exhaustive()
    }
}

impl From<PasswordChangeRequest> for NewPasswordChange {
    fn from(request: PasswordChangeRequest) -> Self {
        let PasswordChangeRequest { identity_id, encrypted_password, public_key_id, account_id, source_id } = request;
        Self { identity_id, encrypted_password, public_key_id, account_id, source_id, unlock_account: None }
    }
}

impl From<&PasswordChangeRequest> for NewPasswordChange {
    fn from(request: &PasswordChangeRequest) -> Self {
        request.clone().into()
    }
}

/// A password change and its targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordChange {
    /// Id of the change, 32 hex digits; the `requestId` of the compatible API.
    pub id: String,
    /// The identity whose password is changed, 32 hex digits.
    pub identity_id: String,
    /// State of the whole.
    pub state: PasswordChangeState,
    /// Reasons of a failure, in plain words; empty unless `FAILED`.
    pub errors: Vec<String>,
    /// What works now and what is still tried, one plain sentence each.
    pub summary: Vec<String>,
    /// When it was accepted: RFC 3339, UTC.
    pub accepted_at: String,
    /// When it ended: RFC 3339, UTC; `null` while it is in progress.
    pub ended_at: Option<String>,
    /// Since when it waits for an administrator, because the service's database was restored: RFC 3339, UTC; else `null`.
    pub held_at: Option<String>,
    /// Grows with every step; the id of the event that tells of it.
    pub version: u64,
    /// One for each account, the one that is written first in front.
    pub targets: Vec<PasswordChangeTarget>,
}

/// One account inside a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordChangeTarget {
    /// The account's source, 32 hex digits.
    pub source_id: String,
    /// Display name of the source.
    pub source_name: String,
    /// Native identity of the account, such as a distinguished name.
    pub account_id: String,
    /// Display name of the account.
    pub account_name: String,
    /// How far it is.
    pub state: PasswordChangeTargetState,
    /// Why it is not further, one plain sentence; `null` when there is nothing to say.
    pub reason: Option<String>,
    /// Attempts made so far.
    pub attempts: u64,
    /// When it is tried again: RFC 3339, UTC; `null` unless `retrying`.
    pub next_attempt_at: Option<String>,
    /// When nothing more was to be done: RFC 3339, UTC; `null` before.
    pub ended_at: Option<String>,
}

/// State of one account inside a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordChangeTargetState {
    /// Not tried yet.
    Waiting,
    /// The system is looked at; nothing is written yet.
    Checking,
    /// A write was begun: the system may or may not have the new password.
    Writing,
    /// Written; the proof is outstanding.
    Written,
    /// To be tried again at `nextAttemptAt`.
    Retrying,
    /// A sign-in with the new password worked.
    Proved,
    /// Written, at a system that cannot show a sign-in.
    Confirmed,
    /// The system refused the password.
    Refused,
    /// Given up.
    Failed,
    /// A newer change took its place.
    Superseded,
    /// Left alone.
    NotAttempted,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_json() {
        let json = concat!(
            r#"{"id":"089899f13a8f4da7824996191587bab9","identityId":"2c918085744fec4301746f9a5bce4605","#,
            r#""state":"IN_PROGRESS","errors":[],"summary":["CRM is being changed."],"#,
            r#""acceptedAt":"2026-11-23T05:18:33.5Z","endedAt":null,"heldAt":null,"version":4,"targets":[{"#,
            r#""sourceId":"2c918083746f642c01746f990884012a","sourceName":"CRM","accountId":"abby","#,
            r#""accountName":"Abby","state":"not_attempted","reason":null,"attempts":1,"#,
            r#""nextAttemptAt":null,"endedAt":"2026-11-23T05:18:34Z"}]}"#
        );
        let change: PasswordChange = serde_json::from_str(json).unwrap();
        assert_eq!(change.targets[0].state, PasswordChangeTargetState::NotAttempted);
        assert_eq!(serde_json::to_string(&change).unwrap(), json);
    }
}
