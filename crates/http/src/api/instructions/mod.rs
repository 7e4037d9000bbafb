//! Administrators' own texts for pages.

mod create_custom_password_instructions;
mod delete_custom_password_instructions;
mod encode;
mod get_custom_password_instructions;

pub(crate) use create_custom_password_instructions::create_custom_password_instructions;
pub(crate) use delete_custom_password_instructions::delete_custom_password_instructions;
pub(crate) use get_custom_password_instructions::get_custom_password_instructions;
