//! Unlocking, once the proofs are enough, and what each system answered.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::recovery::{Unlocked, UnlockedAccount};

use super::super::answer::page;
use super::super::look::Look;
use super::super::visit::Visit;
use super::begin::step_words;
use super::flow::{self, look, no_flow, went};
use crate::error::Failure;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "recovery_unlock.html")]
struct UnlockTemplate<'a> {
    look: Look,
    title: &'a str,
    step_words: String,
    step: u32,
    fault: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "recovery_unlocked.html")]
struct UnlockedTemplate<'a> {
    look: Look,
    title: &'a str,
    accounts: Vec<UnlockedAccount>,
}

pub(super) fn ready(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    step: u32,
    fault: Option<&'static str>,
) -> Response {
    let look = look(state, visit);
    let title = look.t("recovery.unlock.ready");
    page(status, &UnlockTemplate { look, title, step_words: step_words(visit, "3"), step, fault }, None)
}

pub(crate) async fn unlock(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let Some(browser) = visit.browser() else { return Ok(no_flow(&visit)) };
    match state.service().unlock_accounts(&browser, flow::step(&visit)).await? {
        Unlocked::Refused(told) => went(&state, &visit, &browser, told).await,
        Unlocked::Asked(accounts) => {
            let look = Look::stranger(&visit, "", "");
            let title = if accounts.iter().all(|account| account.fault.is_none()) {
                look.t("recovery.unlocked")
            } else {
                look.t("recovery.unlocked.partly")
            };
            Ok(page(StatusCode::OK, &UnlockedTemplate { look, title, accounts }, None))
        }
    }
}
