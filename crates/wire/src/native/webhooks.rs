//! Webhooks and the messages to them: `/api/v1/webhooks`.

use serde::{Deserialize, Serialize};

use super::{PasswordChange, PasswordChangeTarget};

/// Body of `POST /api/v1/webhooks` and `PUT /api/v1/webhooks/{id}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookRequest {
    /// A name to know it by; each webhook has its own.
    pub name: Option<String>,
    /// Where the messages go: `https://`, to a public address or one the operator allowed.
    pub url: Option<String>,
    /// Which events: `password_change.ended`, `password_change.target.ended`, `password_change.target.retrying`.
    pub events: Option<Vec<String>>,
    /// Whether messages are sent; absent: they are.
    pub enabled: Option<bool>,
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// A UUID.
    pub id: String,
    /// The name.
    pub name: String,
    /// Where the messages go.
    pub url: String,
    /// The events it is told of.
    pub events: Vec<String>,
    /// Whether messages are sent.
    pub enabled: bool,
    /// Why the service switched it off; `null` when it did not.
    pub off_reason: Option<String>,
    /// Since when every message to it failed: RFC 3339, UTC; `null` when the last one arrived.
    pub failing_since: Option<String>,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// RFC 3339, UTC.
    pub modified_at: String,
}

/// Answer to `POST /api/v1/webhooks`: the only one that holds the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatedWebhook {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// What the messages are signed with: `whsec_` and base64. It is not shown again.
    pub secret: String,
}

impl std::fmt::Debug for CreatedWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedWebhook").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// Answer to `POST /api/v1/webhooks/{id}/test`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookTest {
    /// `webhook-id` of the message that is on its way.
    pub event_id: String,
}

/// A message to a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDelivery {
    /// `webhook-id` of the message.
    pub event_id: String,
    /// The event's name.
    pub event: String,
    /// `waiting`, `delivered`, `failed` or `dropped`.
    pub state: String,
    /// When it happened: RFC 3339, UTC.
    pub created_at: String,
    /// When it is sent next: RFC 3339, UTC; `null` once it has ended.
    pub next_attempt_at: Option<String>,
    /// When nothing more was to be done: RFC 3339, UTC; `null` before.
    pub ended_at: Option<String>,
    /// The attempts so far.
    pub attempts: Vec<WebhookAttempt>,
}

/// An attempt to send a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookAttempt {
    /// Counts from 1.
    pub number: i64,
    /// RFC 3339, UTC.
    pub at: String,
    /// How long it took.
    pub duration_ms: i64,
    /// Status of the answer; `null` when there was none.
    pub status: Option<i64>,
    /// What went wrong; `null` for a success.
    pub detail: Option<String>,
}

/// The body of a message to a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEvent {
    /// When it happened: RFC 3339, UTC.
    pub timestamp: String,
    /// `type` and `data`.
    #[serde(flatten)]
    pub event: WebhookEventData,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum WebhookEventData {
    /// A change ended, `FINISHED` or `FAILED`, with what became of it at each account.
    #[serde(rename = "password_change.ended")]
    PasswordChangeEnded(PasswordChange),
    /// An attempt was the last one at an account.
    #[serde(rename = "password_change.target.ended")]
    TargetEnded(WebhookTarget),
    /// An attempt at an account did not succeed and will be repeated.
    #[serde(rename = "password_change.target.retrying")]
    TargetRetrying(WebhookTarget),
    /// Somebody tries the webhook.
    #[serde(rename = "webhook.test")]
    Test {},
}

/// One account inside a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookTarget {
    /// Id of the change, 32 hex digits.
    pub password_change_id: String,
    /// The identity whose password is changed, 32 hex digits.
    pub identity_id: String,
    /// The account as it was then.
    pub target: PasswordChangeTarget,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_type_timestamp_and_data() {
        let json = r#"{"timestamp":"2026-11-26T18:05:00Z","type":"webhook.test","data":{}}"#;
        let event: WebhookEvent = serde_json::from_str(json).unwrap();
        assert_eq!(event.event, WebhookEventData::Test {});
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
    }

    #[test]
    fn the_secret_is_in_the_first_answer_and_not_in_debug() {
        let time = || "2026-11-26T18:05:00Z".to_owned();
        let webhook = Webhook {
            id: "2f7c0d2e-54a1-4f0a-9d6b-0f1f8f0a4c55".into(),
            name: "SIEM".into(),
            url: "https://hooks.example.com/".into(),
            events: vec!["password_change.ended".into()],
            enabled: true,
            off_reason: None,
            failing_since: None,
            created_at: time(),
            modified_at: time(),
        };
        let created = CreatedWebhook { webhook, secret: "whsec_c2VjcmV0".into() };
        assert!(!format!("{created:?}").contains("c2VjcmV0"));
        let json = serde_json::to_value(&created).unwrap();
        assert_eq!((json["name"].as_str(), json["secret"].as_str()), (Some("SIEM"), Some("whsec_c2VjcmV0")));
    }
}
