//! "Cannot sign in?": a forgotten user name, a new password, an unlocked account. The way is `app::recovery`'s; a page shows where the
//! browser's flow stands, and a form takes the one step that its page was made for.
//!
//! The flow belongs to a secret in a cookie, which is new with each flow: what somebody planted in a browser before is nothing. A page
//! for nobody and one for somebody are made of the same bytes.

mod begin;
mod flow;
mod link;
mod password;
mod questions;
mod result;
mod third_party;
mod unlock;

pub(crate) use begin::{
    get_forgot_name, get_recovery, get_reset, get_unlock, post_forgot_name, post_reset, post_unlock,
};
pub(crate) use flow::{answer, ask_passkey, choose_way, get_flow, go_back};
pub(crate) use link::{get_link, post_link};
pub(crate) use password::{check_new_password, set_new_password, suggest_new_password};
pub(crate) use questions::answer_questions;
pub(crate) use result::{get_result, watch_result};
pub(crate) use third_party::{ask_push, get_return, post_return};
pub(crate) use unlock::unlock;
