//! `/sources`, in every path family.

mod check_source;
mod create_source;
mod delete_source;
mod get_source;
mod list_sources;
mod load_accounts;
mod patch_source;
mod put_source;

pub(crate) use check_source::check_source;
pub(crate) use create_source::create_source;
pub(crate) use delete_source::delete_source;
pub(crate) use get_source::get_source;
pub(crate) use list_sources::list_sources;
pub(crate) use load_accounts::load_accounts;
pub(crate) use patch_source::patch_source;
pub(crate) use put_source::put_source;
