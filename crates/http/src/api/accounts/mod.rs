//! `/accounts`, in every path family.

mod disable_account;
mod enable_account;
mod encode;
mod get_account;
mod list_accounts;
mod reload_account;
mod unlock_account;
mod update_account;

pub(crate) use disable_account::disable_account;
pub(crate) use enable_account::enable_account;
pub(crate) use get_account::get_account;
pub(crate) use list_accounts::list_accounts;
pub(crate) use reload_account::reload_account;
pub(crate) use unlock_account::unlock_account;
pub(crate) use update_account::update_account;
