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
mod factors;
mod failure;
mod form;
mod help_desk;
mod language;
mod logo;
mod look;
mod password_manager;
mod recovery;
mod sessions;
mod sign_in;
mod visit;
mod ways;
mod words;

pub(crate) use answer::{redirect_to, with_cookie};
pub(crate) use assets::get_asset;
pub(crate) use change_password::{check_password, get_change_password, post_change_password, suggest_password};
pub(crate) use changes::{get_changes, watch_changes};
pub(crate) use colours::get_colours;
pub(crate) use factors::{
    add_passkey, ask_new_passkey, ask_own_passkey, ask_passkey_at_sign_in, confirm_totp, get_codes, get_confirm,
    get_passkey, get_questions, get_remove, get_sign_in_factor, list_factors, make_codes, post_confirm, post_questions,
    post_sign_in_factor, remove_factor, start_totp,
};
pub(crate) use failure::{FailurePage, refused_page};
pub(crate) use help_desk::{
    agree_to_help, ask_second_operator, cancel_token, create_token, expire_password, find_people, get_person,
    send_reset_mail, unlock_account,
};
pub(crate) use logo::get_logo;
pub(crate) use password_manager::{get_password_manager, get_root};
pub(crate) use recovery::{
    answer, answer_questions, ask_passkey, ask_push, check_new_password, choose_way, get_flow, get_forgot_name,
    get_link, get_recovery, get_reset, get_result, get_return, get_unlock, go_back, post_forgot_name, post_link,
    post_reset, post_return, post_unlock, set_new_password, suggest_new_password, unlock, watch_result,
};
pub(crate) use sessions::{end_all_sessions, end_session, list_sessions, set_language, sign_out};
pub(crate) use sign_in::{Opened, SignInPage, get_sign_in, post_sign_in, sign_in_for, sign_in_page, to_factor};
pub(crate) use visit::{Need, Visit, arrive};
