//! Webhooks, in the native API.

mod create_webhook;
mod delete_webhook;
mod encode;
mod event;
mod get_webhook;
mod list_webhook_deliveries;
mod list_webhooks;
mod test_webhook;
mod update_webhook;

pub(crate) use create_webhook::create_webhook;
pub(crate) use delete_webhook::delete_webhook;
pub use event::webhook_body;
pub(crate) use get_webhook::get_webhook;
pub(crate) use list_webhook_deliveries::list_webhook_deliveries;
pub(crate) use list_webhooks::list_webhooks;
pub(crate) use test_webhook::test_webhook;
pub(crate) use update_webhook::update_webhook;
