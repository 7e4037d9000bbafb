//! Password policies, in every path family.

mod create_password_policy;
mod delete_password_policy;
mod encode;
mod get_password_policy;
mod list_password_policies;
mod set_password_policy;

pub(crate) use create_password_policy::create_password_policy;
pub(crate) use delete_password_policy::delete_password_policy;
pub(crate) use get_password_policy::get_password_policy;
pub(crate) use list_password_policies::list_password_policies;
pub(crate) use set_password_policy::set_password_policy;
