//! The pages: sign-in, Password Manager, sessions, help desk, administration. Rendered here, working without script; a few modules of our own
//! make them livelier (decision 4).
//!
//! A page decides nothing: it decodes a form, calls a use case and shows what came of it. A handler gets a [`Visit`], and for
//! a form only after the form was found to be ours ([`arrive`]), so none can forget it (requirement R78).

pub(crate) mod administration;
mod answer;
mod assets;
mod change_password;
mod changes;
mod colours;
mod cookies;
mod failure;
mod form;
mod help_desk;
mod language;
mod look;
mod password_manager;
mod sessions;
mod sign_in;
mod visit;
mod words;

pub(crate) use answer::{redirect_to, with_cookie};
pub(crate) use assets::get_asset;
pub(crate) use change_password::{check_password, get_change_password, post_change_password, suggest_password};
pub(crate) use changes::{get_changes, watch_changes};
pub(crate) use colours::get_colours;
pub(crate) use failure::{FailurePage, refused_page};
pub(crate) use help_desk::{
    agree_to_help, ask_second_operator, cancel_token, create_token, find_people, get_person, send_reset_mail,
    unlock_account,
};
pub(crate) use password_manager::{get_password_manager, get_root};
pub(crate) use sessions::{end_all_sessions, end_session, list_sessions, set_language, sign_out};
pub(crate) use sign_in::{SignInPage, get_sign_in, post_sign_in, sign_in_for, sign_in_page};
pub(crate) use visit::{Need, Visit, arrive};
