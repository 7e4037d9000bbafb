//! The proof by Duo or Okta Verify: a link to Duo and what comes back from it, a push and its approval, a typed code.
//!
//! Duo's return is a look, which changes nothing: the page has a button, and only its POST takes what was brought.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::oauth::SecretText;
use passwright_app::recovery::{APPROVED, Browser, Method, ThirdPartyQuestion};

use super::super::answer::page;
use super::super::look::Look;
use super::super::visit::Visit;
use super::super::ways;
use super::begin::{said, step_words};
use super::flow::{HERE, look, no_flow, step, take, went};
use crate::error::Failure;
use crate::state::AppState;

/// What a page of ours may say at most of what comes from Duo, in characters.
const LONGEST: usize = 1024;

#[derive(Template)]
#[template(path = "recovery_third_party.html")]
struct ThirdPartyTemplate<'a> {
    look: Look,
    title: &'a str,
    step_words: String,
    step: u32,
    asked: ThirdPartyQuestion,
    /// What a push was asked for, in words.
    push: Option<String>,
    approved: &'static str,
    fault: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "recovery_returned.html")]
struct ReturnedTemplate<'a> {
    look: Look,
    title: &'a str,
    state: &'a str,
    code: &'a str,
}

/// The page of the proof.
pub(super) async fn prove(
    state: &AppState,
    visit: &Visit,
    browser: &Browser,
    status: StatusCode,
    step: u32,
    fault: Option<&'static str>,
) -> Result<Response, Failure> {
    let asked = state.service().third_party_question(browser).await?.unwrap_or_default();
    let (look, language) = (look(state, visit), visit.language);
    let push = asked.number.as_ref().map(|number| language.with("third.push.sent", &[("number", number)]));
    let template = ThirdPartyTemplate {
        title: ways::words(language, Method::ThirdParty).name,
        step_words: step_words(visit, "2"),
        step,
        asked,
        push,
        approved: APPROVED,
        fault,
        look,
    };
    Ok(page(status, &template, None))
}

pub(crate) async fn ask_push(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    take(&state, &visit, async |service, browser| service.ask_push(browser, step(&visit)).await).await
}

pub(crate) async fn get_return(State(state): State<AppState>, visit: Visit) -> Response {
    if visit.browser().is_none() {
        return no_flow(&visit);
    }
    let (given, code) = (visit.query.text("state"), visit.query.text("duo_code"));
    let (language, is_short) = (visit.language, given.len().max(code.len()) <= LONGEST);
    if given.is_empty() || code.is_empty() || !is_short {
        // What Duo says of the reason is for nobody here: anybody can write such an address.
        let words = (language.text("third.returned.no"), language.text("third.returned.no.text"));
        return said(&visit, StatusCode::OK, words, (HERE, language.text("recovery.back")));
    }
    let look = look(&state, &visit);
    let template = ReturnedTemplate { title: look.t("third.returned"), state: given, code, look };
    page(StatusCode::OK, &template, None)
}

pub(crate) async fn post_return(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let Some(browser) = visit.browser() else { return Ok(no_flow(&visit)) };
    let given = SecretText::new(visit.form.text("state").to_owned());
    let told = state.service().return_from_duo(&browser, &given, visit.form.text("duo_code")).await?;
    went(&state, &visit, &browser, told).await
}
