//! The first pages: what is wrong, and the name or the address.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
use passwright_app::Error;
use passwright_app::recovery::{Browser, Goal};

use super::super::answer::{page, redirect_to, with_cookie};
use super::super::look::Look;
use super::super::visit::Visit;
use crate::error::Failure;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "recovery.html")]
struct StartTemplate<'a> {
    look: Look,
    title: &'a str,
}

/// Asks for one line of text.
#[derive(Template)]
#[template(path = "recovery_name.html")]
struct NameTemplate<'a> {
    look: Look,
    title: &'a str,
    about: &'a str,
    step: Option<String>,
    action: &'a str,
    /// Whether a mail address is asked for, and not a user name.
    address: bool,
    button: &'a str,
    fault: Option<&'a str>,
}

/// Says something and leads on.
#[derive(Template)]
#[template(path = "recovery_said.html")]
struct SaidTemplate<'a> {
    look: Look,
    title: &'a str,
    text: &'a str,
    to: &'a str,
    to_words: &'a str,
}

/// A page that says something and leads to another.
pub(super) fn said(
    visit: &Visit,
    status: StatusCode,
    (title, text): (&str, &str),
    (to, to_words): (&str, &str),
) -> Response {
    let look = Look::stranger(visit, "", "");
    page(status, &SaidTemplate { look, title, text, to, to_words }, None)
}

/// `step` of three, in words.
pub(super) fn step_words(visit: &Visit, step: &str) -> String {
    visit.language.with("recovery.step", &[("step", step)])
}

/// A page with a form that belongs to no flow yet; its value is in a cookie too.
fn with_form<T: Template>(
    state: &AppState,
    visit: &Visit,
    here: &str,
    status: StatusCode,
    of: impl FnOnce(Look) -> T,
) -> Response {
    let form = visit.form_value.clone().unwrap_or_else(|| state.service().tracking_id());
    let look = Look::stranger(visit, &form, here);
    with_cookie(page(status, &of(look), None), visit.form_cookie(&form))
}

pub(crate) async fn get_recovery(State(state): State<AppState>, visit: Visit) -> Response {
    with_form(&state, &visit, "/recovery", StatusCode::OK, |look| StartTemplate {
        title: look.t("recovery.title"),
        look,
    })
}

pub(crate) async fn get_forgot_name(State(state): State<AppState>, visit: Visit) -> Response {
    ask_address(&state, &visit, StatusCode::OK, None)
}

fn ask_address(state: &AppState, visit: &Visit, status: StatusCode, fault: Option<&'static str>) -> Response {
    with_form(state, visit, "/recovery/user-name", status, |look| NameTemplate {
        title: look.t("recovery.name"),
        about: look.t("recovery.name.text"),
        step: None,
        action: "/recovery/user-name",
        address: true,
        button: look.t("recovery.name.button"),
        fault,
        look,
    })
}

pub(crate) async fn post_forgot_name(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let address = visit.form.text("address").to_owned();
    let language = visit.language;
    if address.trim().is_empty() {
        let fault = language.text("recovery.name.empty");
        return Ok(ask_address(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, Some(fault)));
    }
    let browser = Browser::new(&state.service().new_browser_secret(), &visit.trace);
    match state.service().forgot_name(&browser, &address).await {
        Ok(()) => {}
        Err(Error::TooManyRequests { retry_after }) => {
            let fault = language.text("recovery.too_many");
            let mut answer = ask_address(&state, &visit, StatusCode::TOO_MANY_REQUESTS, Some(fault));
            answer.headers_mut().insert(RETRY_AFTER, retry_after.as_secs().max(1).into());
            return Ok(answer);
        }
        Err(error) => return Err(error.into()),
    }
    let words = (language.text("recovery.name.sent"), language.text("recovery.name.sent.text"));
    Ok(said(&visit, StatusCode::OK, words, ("/sign-in", language.text("recovery.to_sign_in"))))
}

pub(crate) async fn get_reset(State(state): State<AppState>, visit: Visit) -> Response {
    ask_name(&state, &visit, StatusCode::OK, Goal::SetPassword, None)
}

pub(crate) async fn get_unlock(State(state): State<AppState>, visit: Visit) -> Response {
    ask_name(&state, &visit, StatusCode::OK, Goal::Unlock, None)
}

fn ask_name(state: &AppState, visit: &Visit, status: StatusCode, goal: Goal, fault: Option<&'static str>) -> Response {
    let (action, is_reset) = match goal {
        Goal::SetPassword => ("/recovery/password", true),
        Goal::Unlock => ("/recovery/unlock", false),
    };
    with_form(state, visit, action, status, |look| NameTemplate {
        title: if is_reset { look.t("recovery.reset") } else { look.t("recovery.unlock") },
        about: if is_reset { look.t("recovery.reset.text") } else { look.t("recovery.unlock.text") },
        step: Some(step_words(visit, "1")),
        action,
        address: false,
        button: look.t("recovery.next"),
        fault,
        look,
    })
}

pub(crate) async fn post_reset(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    begin(&state, &visit, Goal::SetPassword).await
}

pub(crate) async fn post_unlock(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    begin(&state, &visit, Goal::Unlock).await
}

/// Begins a flow with a secret of its own and gives it the name.
async fn begin(state: &AppState, visit: &Visit, goal: Goal) -> Result<Response, Failure> {
    let name = visit.form.text("username");
    if name.trim().is_empty() {
        let fault = visit.language.text("recovery.name_missing");
        return Ok(ask_name(state, visit, StatusCode::UNPROCESSABLE_ENTITY, goal, Some(fault)));
    }
    let (service, secret) = (state.service(), state.service().new_browser_secret());
    let browser = Browser::new(&secret, &visit.trace);
    let begun = service.begin_recovery(&browser, goal).await?;
    let step = begun.at.map_or(0, |at| at.step);
    service.identify_recovery(&browser, step, name).await?;
    Ok(with_cookie(redirect_to(visit, "/recovery/flow"), visit.recovery_cookie(&secret)))
}
