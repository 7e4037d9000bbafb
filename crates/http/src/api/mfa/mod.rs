//! Further factors of a sign-in: `/mfa`, in every path family.

mod delete_mfa_config;
mod encode;
mod get_duo_config;
mod get_okta_config;
mod list_security_questions;
mod set_duo_config;
mod set_okta_config;
mod set_security_answers;
mod test_mfa_config;

pub(crate) use delete_mfa_config::delete_mfa_config;
pub(crate) use get_duo_config::get_duo_config;
pub(crate) use get_okta_config::get_okta_config;
pub(crate) use list_security_questions::list_security_questions;
pub(crate) use set_duo_config::set_duo_config;
pub(crate) use set_okta_config::set_okta_config;
pub(crate) use set_security_answers::set_security_answers;
pub(crate) use test_mfa_config::test_mfa_config;
