//! `/auth-users/{id}`, in every path family but beta.

mod encode;
mod get_auth_user;
mod patch_auth_user;

pub(crate) use get_auth_user::get_auth_user;
pub(crate) use patch_auth_user::patch_auth_user;
