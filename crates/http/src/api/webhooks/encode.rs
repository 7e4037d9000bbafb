//! Between the use cases' forms and the wire's.

use passwright_app::passwords::rfc3339;
use passwright_app::webhooks::{StoredAttempt, StoredDelivery, Webhook, WebhookRequest};
use passwright_wire::native;

pub(super) fn decode(body: native::WebhookRequest) -> WebhookRequest {
    WebhookRequest { name: body.name, url: body.url, events: body.events, enabled: body.enabled }
}

pub(super) fn encode(webhook: Webhook) -> native::Webhook {
    native::Webhook {
        id: webhook.id.into(),
        name: webhook.name,
        url: webhook.url,
        events: webhook.events,
        enabled: webhook.enabled,
        off_reason: webhook.off_reason,
        failing_since: webhook.failing_since.map(rfc3339),
        created_at: rfc3339(webhook.created_at),
        modified_at: rfc3339(webhook.modified_at),
    }
}

pub(super) fn delivery(delivery: StoredDelivery) -> native::WebhookDelivery {
    native::WebhookDelivery {
        event_id: delivery.event_id,
        event: delivery.event,
        state: delivery.state,
        created_at: rfc3339(delivery.created_at),
        next_attempt_at: delivery.due_at.map(rfc3339),
        ended_at: delivery.ended_at.map(rfc3339),
        attempts: delivery.attempts.into_iter().map(attempt).collect(),
    }
}

fn attempt(attempt: StoredAttempt) -> native::WebhookAttempt {
    native::WebhookAttempt {
        number: attempt.number,
        at: rfc3339(attempt.at),
        duration_ms: attempt.duration_ms,
        status: attempt.status,
        detail: Some(attempt.detail).filter(|detail| !detail.is_empty()),
    }
}
