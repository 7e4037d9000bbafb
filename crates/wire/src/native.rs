//! The service's own API, under `/api/v1`: what the compatible API has no words for.

use std::fmt;

use serde::{Deserialize, Serialize};

mod aggregations;
mod held_changes;
mod password_changes;
mod password_policy;
mod webhooks;

pub use aggregations::Aggregation;
pub use held_changes::{HeldChangesRequest, HeldChangesResponse};
pub use password_changes::{NewPasswordChange, PasswordChange, PasswordChangeTarget, PasswordChangeTargetState};
pub use password_policy::{AccountVerdict, BrokenRule, PasswordDryRun, PasswordDryRunResponse};
pub use webhooks::{
    CreatedWebhook, Webhook, WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookEventData, WebhookRequest,
    WebhookTarget, WebhookTest,
};

/// Body of `POST /api/v1/digit-tokens/verify`. The digits do not appear in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigitTokenVerification {
    /// Login name the token was made for.
    pub user_id: String,
    /// The digits the user gave.
    pub digit_token: String,
}

impl fmt::Debug for DigitTokenVerification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DigitTokenVerification").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

/// Answer to a [`DigitTokenVerification`]. One shape for wrong digits, a spent or expired token and an unknown user, so
/// that the answer does not tell which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigitTokenVerificationResponse {
    /// Whether the digits were right; a token is right once.
    pub verified: bool,
    /// `requestId` of the token; `null` unless verified.
    pub request_id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verification_json() {
        let json = r#"{"userId":"Abby.Smith","digitToken":"09087713"}"#;
        let body: DigitTokenVerification = crate::from_json(json.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&body).unwrap(), json);
        assert!(!format!("{body:?}").contains("09087713"));
        let wrong = DigitTokenVerificationResponse { verified: false, request_id: None };
        assert_eq!(serde_json::to_string(&wrong).unwrap(), r#"{"verified":false,"requestId":null}"#);
    }
}
