//! `/source-apps` and `/user-apps`, in the path families that have them.

mod create_source_app;
mod delete_source_app;
mod encode;
mod get_source_app;
mod list_all_source_apps;
mod list_all_user_apps;
mod list_assigned_source_apps;
mod list_available_accounts;
mod list_source_apps;
mod list_user_apps;
mod patch_source_app;
mod update_source_apps;

pub(crate) use create_source_app::create_source_app;
pub(crate) use delete_source_app::delete_source_app;
pub(crate) use get_source_app::get_source_app;
pub(crate) use list_all_source_apps::list_all_source_apps;
pub(crate) use list_all_user_apps::list_all_user_apps;
pub(crate) use list_assigned_source_apps::list_assigned_source_apps;
pub(crate) use list_available_accounts::list_available_accounts;
pub(crate) use list_source_apps::list_source_apps;
pub(crate) use list_user_apps::list_user_apps;
pub(crate) use patch_source_app::patch_source_app;
pub(crate) use update_source_apps::update_source_apps;
