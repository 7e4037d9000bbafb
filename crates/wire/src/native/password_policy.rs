//! Trying a password without setting it: `/api/v1/password-policy/dry-run`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Body of `POST /api/v1/password-policy/dry-run`. The password does not appear in `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordDryRun {
    /// Whose, 32 hex digits; absent: the user's own. An API client must say.
    pub identity_id: Option<String>,
    /// The source, 32 hex digits; absent with `accountId`: the identity's sign-in password.
    pub source_id: Option<String>,
    /// Native identity of the account; needed when the identity has several on the source.
    pub account_id: Option<String>,
    /// The password to try. It is neither kept nor logged.
    pub password: String,
}

impl fmt::Debug for PasswordDryRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordDryRun")
            .field("identity_id", &self.identity_id)
            .field("source_id", &self.source_id)
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}

/// Answer to a [`PasswordDryRun`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordDryRunResponse {
    /// Whether no account breaks a rule. What only the systems themselves know, such as a history, is not asked.
    pub acceptable: bool,
    /// Every account the password would be brought to, the one that is written first in front.
    pub accounts: Vec<AccountVerdict>,
}

/// What the rules say of a password at one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountVerdict {
    /// The account's source, 32 hex digits.
    pub source_id: String,
    /// Display name of the source.
    pub source_name: String,
    /// Native identity of the account.
    pub account_id: String,
    /// Display name of the account.
    pub account_name: String,
    /// Every rule the password breaks there; empty when it is acceptable.
    pub broken_rules: Vec<BrokenRule>,
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BrokenRule {
    /// The policy's field, such as `minLength`.
    pub rule: String,
    /// One plain sentence.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_not_shown() {
        let body: PasswordDryRun = crate::from_json(br#"{"sourceId":"s","password":"Hunter2"}"#).unwrap();
        assert_eq!((body.identity_id.as_deref(), body.password.as_str()), (None, "Hunter2"));
        assert!(!format!("{body:?}").contains("Hunter2"));
        let fault = crate::from_json::<PasswordDryRun>(br#"{"password":["Hunter2"]}"#).unwrap_err();
        assert!(!fault.to_string().contains("Hunter2"), "{fault}");
    }
}
