//! Password sync groups, in every path family.

mod create_password_group;
mod delete_password_group;
mod encode;
mod get_password_group;
mod list_password_groups;
mod update_password_group;

pub(crate) use create_password_group::create_password_group;
pub(crate) use delete_password_group::delete_password_group;
pub(crate) use get_password_group::get_password_group;
pub(crate) use list_password_groups::list_password_groups;
pub(crate) use update_password_group::update_password_group;
