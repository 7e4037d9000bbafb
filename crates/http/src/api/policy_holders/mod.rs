//! The password policies of a source.

mod encode;
mod list_policy_holders;
mod update_policy_holders;

pub(crate) use list_policy_holders::list_policy_holders;
pub(crate) use update_policy_holders::update_policy_holders;
