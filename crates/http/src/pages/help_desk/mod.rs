//! The help desk's pages: find a person, see how their accounts are, read a digit token to them, unlock an account, have
//! another password asked for.

mod account;
mod find;
mod person;
mod reset_mail;
mod second;
mod token;

pub(crate) use account::{expire_password, unlock_account};
pub(crate) use find::find_people;
pub(crate) use person::get_person;
pub(crate) use reset_mail::send_reset_mail;
pub(crate) use second::{agree_to_help, ask_second_operator};
pub(crate) use token::{cancel_token, create_token};
