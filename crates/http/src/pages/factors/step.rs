//! The second step: a factor after the password of a sign-in, and before something that asks for strong authentication.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use passwright_app::Error;
use passwright_app::factors::Method;
use passwright_app::sessions::{HalfSignIn, ShownFactor};

use super::super::answer::{page, redirect_to, with_cookie};
use super::super::language::Language;
use super::super::look::{Look, Place};
use super::super::visit::{Visit, leading_to};
use super::super::ways::Question;
use super::proof::{ProofForm, shown};
use crate::error::{Failure, json};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "factor_step.html")]
struct StepTemplate<'a> {
    look: Look,
    title: &'a str,
    about: &'a str,
    action: &'a str,
    /// Where it leads then.
    to: Option<&'a str>,
    proof: Option<ProofForm>,
    /// Nothing can be shown.
    stuck: bool,
    fault: Option<&'a str>,
    button: &'a str,
    back: (&'a str, &'a str),
}

/// Where a browser with a right password goes on.
pub(in crate::pages) const STEP: &str = "/sign-in/factor";

/// A wrong answer, in words, with the time to wait.
fn wrong(language: &Language, wait: Option<Duration>) -> (StatusCode, &'static str) {
    match wait {
        Some(_) => (StatusCode::TOO_MANY_REQUESTS, language.text("factors.too_many")),
        None => (StatusCode::FORBIDDEN, language.text("step.wrong")),
    }
}

fn waiting(mut answer: Response, wait: Option<Duration>) -> Response {
    if let Some(wait) = wait {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    answer
}

async fn half(state: &AppState, visit: &Visit) -> Result<Option<HalfSignIn>, Error> {
    match &visit.half {
        Some(cookie) => state.service().half_sign_in(cookie).await,
        None => Ok(None),
    }
}

/// To the password again, where the half sign-in is over.
fn again(visit: &Visit) -> Response {
    let to = visit.wanted_place();
    with_cookie(redirect_to(visit, &leading_to("/sign-in", to.as_deref())), visit.half_cookie(None))
}

pub(crate) async fn get_sign_in_factor(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let Some(half) = half(&state, &visit).await? else { return Ok(again(&visit)) };
    Ok(ask_at_sign_in(&state, &visit, &half.methods, StatusCode::OK, None))
}

fn ask_at_sign_in(
    state: &AppState,
    visit: &Visit,
    methods: &[Method],
    status: StatusCode,
    fault: Option<&'static str>,
) -> Response {
    let form = visit.form_value.clone().unwrap_or_else(|| state.service().tracking_id());
    let (look, to) = (Look::stranger(visit, &form, ""), visit.wanted_place());
    let template = StepTemplate {
        title: look.t("step.title"),
        about: look.t("step.sign_in"),
        action: STEP,
        to: to.as_deref(),
        proof: ProofForm::new(visit.language, methods, "/sign-in/factor/question"),
        stuck: methods.is_empty(),
        fault,
        button: look.t("sign_in.button"),
        back: ("/recovery", look.t("sign_in.help")),
        look,
    };
    with_cookie(page(status, &template, None), visit.form_cookie(&form))
}

pub(crate) async fn post_sign_in_factor(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let Some(half) = half(&state, &visit).await? else { return Ok(again(&visit)) };
    let methods = half.methods.clone();
    let refused = |wait: Option<Duration>| {
        let (status, words) = wrong(visit.language, wait);
        Ok(waiting(ask_at_sign_in(&state, &visit, &methods, status, Some(words)), wait))
    };
    let Some(shown) = shown(&visit) else { return refused(None) };
    match state.service().complete_sign_in(half, shown, visit.visitor.clone(), &visit.trace).await? {
        ShownFactor::Passed(new) => {
            let to = visit.wanted_place().unwrap_or_else(|| "/password-manager".to_owned());
            let answer = with_cookie(redirect_to(&visit, &to), visit.session_cookie(&new.cookie));
            Ok(with_cookie(answer, visit.half_cookie(None)))
        }
        ShownFactor::Wrong => refused(None),
        ShownFactor::TooMany(wait) => refused(Some(wait)),
        ShownFactor::Over => Ok(again(&visit)),
    }
}

/// What a passkey is to sign, for the script of the page.
pub(crate) async fn ask_passkey_at_sign_in(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let half = half(&state, &visit).await?.ok_or(Error::NotFound)?;
    Ok(json(StatusCode::OK, &Question::from(&state.service().ask_passkey_of_half(&half).await?)))
}

pub(crate) async fn get_confirm(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    ask_in_session(&state, &visit, StatusCode::OK, None).await
}

async fn ask_in_session(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    fault: Option<&'static str>,
) -> Result<Response, Failure> {
    let methods = state.service().list_step_ups(visit.signed_in()?).await?;
    let (mut look, to) = (Look::new(state, visit, Place::Passwords, ""), visit.wanted_place());
    look.here = "/password-manager".to_owned();
    let template = StepTemplate {
        title: look.t("step.title"),
        about: look.t("step.change"),
        action: "/factors/confirm",
        to: to.as_deref(),
        proof: ProofForm::new(visit.language, &methods, "/factors/question"),
        stuck: methods.is_empty(),
        fault,
        button: look.t("recovery.next"),
        back: ("/factors", look.t("factors.title")),
        look,
    };
    Ok(page(status, &template, None))
}

pub(crate) async fn post_confirm(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let step_up = match shown(&visit) {
        Some(shown) => state.service().step_up(visit.signed_in()?, shown, &visit.trace).await?,
        None => ShownFactor::Wrong,
    };
    let wait = match step_up {
        ShownFactor::Passed(cookie) => {
            let to = visit.wanted_place().unwrap_or_else(|| "/password-manager".to_owned());
            return Ok(with_cookie(redirect_to(&visit, &to), visit.session_cookie(&cookie)));
        }
        ShownFactor::TooMany(wait) => Some(wait),
        ShownFactor::Wrong | ShownFactor::Over => None,
    };
    let (status, words) = wrong(visit.language, wait);
    Ok(waiting(ask_in_session(&state, &visit, status, Some(words)).await?, wait))
}
