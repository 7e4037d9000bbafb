//! The password calls of the compatible API, in every path family.

mod get_password_change_status;
mod query_password_info;
mod set_password;
mod sync_password;

pub(crate) use get_password_change_status::{get_password_change_status, wire_state};
pub(crate) use query_password_info::query_password_info;
pub(crate) use set_password::set_password;
pub(crate) use sync_password::sync_password;
