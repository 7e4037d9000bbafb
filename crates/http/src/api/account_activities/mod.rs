//! `/account-activities`, in every path family: password changes.

mod encode;
mod get_account_activity;
mod list_account_activities;

pub(crate) use get_account_activity::get_account_activity;
pub(crate) use list_account_activities::list_account_activities;
