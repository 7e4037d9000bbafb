//! One message to a webhook: signed, sent, judged.

use passwright_connectors::notify::webhook::{Answered, Verdict};
use passwright_domain::delivery::WaitingTime;
use passwright_storage::deliveries::{Claimed, Sent, lookup_webhook};
use passwright_vault::webhook::WebhookSecret;

use super::event::Encode;
use super::job::Outcome;
use crate::{Error, Service};

impl Service {
    pub(super) async fn send_to_webhook(&self, claimed: &Claimed, encode: Encode) -> Result<Outcome, Error> {
        let mut reader = self.store.read().await?;
        let webhook = lookup_webhook(&mut reader.tx(), &claimed.recipient).await?;
        drop(reader);
        let Some(webhook) = webhook else { return Ok(Outcome::dropped("there is no such webhook any more")) };
        let Some(event) = self.webhook_event(&claimed.fact, claimed.created_at).await? else {
            return Ok(Outcome::dropped("what it tells of is gone"));
        };
        let key = &self.outbound.webhook_secrets;
        let secret = WebhookSecret::open(key, webhook.id.as_str(), &webhook.sealed_secret)
            .map_err(|_| Error::Internal(format!("the secret of webhook {} does not open", webhook.id)))?;
        let body = encode(event);
        let timestamp = self.clock.now().seconds();
        let signature = secret.sign(&claimed.event_id, timestamp, &body);
        drop(secret);
        let headers = [
            ("webhook-id", claimed.event_id.clone()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signature),
        ];
        let Answered { verdict, status, detail } = self.outbound.webhooks.send(&webhook.url, &headers, body).await;
        let jitter = self.jitter();
        let sent = match verdict {
            Verdict::Delivered => Sent::Delivered,
            Verdict::Gone => Sent::Gone { jitter },
            Verdict::Again { after } => Sent::Failed { waiting: WaitingTime { asked: after, jitter } },
        };
        Ok(Outcome { sent, status, detail })
    }
}
