//! Sending what was written down to be told: to webhooks and by mail, at least once, in whatever order they are due.

mod event;
mod job;
mod mail;
mod webhook;

pub use event::{Encode, EventData, TargetNews, WebhookEvent};
pub use job::send_deliveries;
