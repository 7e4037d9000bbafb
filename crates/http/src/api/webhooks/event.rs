//! The body of a message to a webhook.

use passwright_app::deliveries::{EventData, TargetNews, WebhookEvent};
use passwright_app::passwords::rfc3339;
use passwright_wire::native;

use crate::api::password_changes::{encode, target};

/// A message as it is signed and sent.
#[must_use]
pub fn webhook_body(event: WebhookEvent) -> Vec<u8> {
    let data = match event.data {
        EventData::ChangeEnded(change) => native::WebhookEventData::PasswordChangeEnded(encode(change)),
        EventData::TargetEnded(news) => native::WebhookEventData::TargetEnded(at_target(news)),
        EventData::TargetRetrying(news) => native::WebhookEventData::TargetRetrying(at_target(news)),
        EventData::Test => native::WebhookEventData::Test {},
    };
    let event = native::WebhookEvent { timestamp: rfc3339(event.at), event: data };
    // A value of ours, which has a JSON form.
    serde_json::to_vec(&event).unwrap_or_default()
}

fn at_target(news: TargetNews) -> native::WebhookTarget {
    native::WebhookTarget {
        password_change_id: news.change_id.into(),
        identity_id: news.identity_id.into(),
        target: target(news.target),
    }
}
