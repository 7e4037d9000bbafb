//! Password changes with their targets, in the native API.

mod cancel_password_change;
mod create_password_change;
mod encode;
mod get_password_change;
mod list_password_changes;
mod watch_password_change;

pub(crate) use cancel_password_change::cancel_password_change;
pub(crate) use create_password_change::create_password_change;
pub(crate) use encode::{encode, target};
pub(crate) use get_password_change::get_password_change;
pub(crate) use list_password_changes::list_password_changes;
pub(crate) use watch_password_change::watch_password_change;
