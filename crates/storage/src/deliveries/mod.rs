//! The outbox: messages to webhooks and by mail, written in the transaction of what they tell, sent by a job.

pub mod claim;
pub mod finish;
pub mod publish;
pub mod show;
pub mod tell;
pub mod webhooks;

pub use claim::{ClaimDeliveries, Claimed, VoidDeliveryLeases, next_due_at};
pub use finish::{Attempt, ExpireDeliveries, FinishDelivery, Finished, Sent};
pub(crate) use publish::address_mail;
pub use publish::{MAIL, Publish, publish};
pub use show::{StoredAttempt, StoredDelivery, deliveries_to};
pub use tell::Tell;
pub use webhooks::{
    AddTestDelivery, CreateWebhook, DeleteWebhook, StoredWebhook, UpdateWebhook, list_webhooks, lookup_webhook,
};
