//! The password settings and the password dictionary, in every path family.

mod create_password_org_config;
mod encode;
mod get_password_dictionary;
mod get_password_org_config;
mod put_password_dictionary;
mod put_password_org_config;

pub(crate) use create_password_org_config::create_password_org_config;
pub(crate) use get_password_dictionary::get_password_dictionary;
pub(crate) use get_password_org_config::get_password_org_config;
pub(crate) use put_password_dictionary::put_password_dictionary;
pub(crate) use put_password_org_config::put_password_org_config;
