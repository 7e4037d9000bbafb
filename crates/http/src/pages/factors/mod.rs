//! Two-factor authentication, for a person who is signed in: an authenticator app, passkeys, recovery codes; and the
//! answers to security questions. Who may change what, and
//! what has to be shown with it, is `app::factors`' to say.

mod codes;
mod list;
mod passkey;
mod proof;
mod qr;
mod questions;
mod remove;
mod step;
mod totp;

pub(crate) use codes::{get_codes, make_codes};
pub(crate) use list::list_factors;
pub(crate) use passkey::{add_passkey, ask_new_passkey, get_passkey};
pub(crate) use proof::ask_own_passkey;
pub(crate) use questions::{get_questions, post_questions};
pub(crate) use remove::{get_remove, remove_factor};
pub(super) use step::STEP;
pub(crate) use step::{ask_passkey_at_sign_in, get_confirm, get_sign_in_factor, post_confirm, post_sign_in_factor};
pub(crate) use totp::{confirm_totp, start_totp};
