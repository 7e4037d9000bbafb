//! Where a flow stands: the choice of a way, the proof, and what comes after. Each form names the step that it was made for.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
use passwright_app::oauth::SecretText;
use passwright_app::recovery::{Browser, Goal, Method, News, Page, Refusal, Standpoint, Told};
use passwright_app::{Error, Service};

use super::super::answer::{page, redirect_to};
use super::super::look::Look;
use super::super::visit::Visit;
use super::super::ways::{self, Question, WayWords};
use super::begin::{said, step_words};
use super::{password, questions, third_party, unlock};
use crate::error::{Failure, json};
use crate::state::AppState;

pub(super) const HERE: &str = "/recovery/flow";

#[derive(Template)]
#[template(path = "recovery_choose.html")]
struct ChooseTemplate<'a> {
    look: Look,
    title: &'a str,
    step_words: String,
    step: u32,
    ways: Vec<WayWords>,
    /// What was proved before, in words.
    proved: Option<String>,
    fault: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "recovery_prove.html")]
struct ProveTemplate<'a> {
    look: Look,
    title: &'a str,
    step_words: String,
    step: u32,
    way: WayWords,
    /// Another mail can be asked for.
    mails: bool,
    passkey: bool,
    fault: Option<&'a str>,
}

/// The browser's form token, for pages of its flow.
pub(super) fn look(state: &AppState, visit: &Visit) -> Look {
    let token = visit.recovery.as_ref().map(|secret| state.service().browser_form_token(secret));
    Look::stranger(visit, token.as_ref().map_or("", SecretText::expose), HERE)
}

/// The step that the form was made for.
pub(super) fn step(visit: &Visit) -> u32 {
    visit.form.text("step").parse().unwrap_or(u32::MAX)
}

/// The page for a browser without a flow that goes on.
pub(super) fn no_flow(visit: &Visit) -> Response {
    let language = visit.language;
    let words = (language.text("recovery.none"), language.text("recovery.none.text"));
    said(visit, StatusCode::OK, words, ("/recovery", language.text("recovery.again")))
}

pub(crate) async fn get_flow(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let Some(browser) = visit.browser() else { return Ok(no_flow(&visit)) };
    let told = state.service().show_recovery(&browser).await?;
    show(&state, &visit, &browser, told).await
}

/// What a step came to: the next page by an address of its own, or the same page with what is wrong.
pub(super) async fn went(state: &AppState, visit: &Visit, browser: &Browser, told: Told) -> Result<Response, Failure> {
    if matches!(told.news, News::Taken | News::Mailed) {
        return Ok(redirect_to(visit, HERE));
    }
    show(state, visit, browser, told).await
}

async fn show(state: &AppState, visit: &Visit, browser: &Browser, told: Told) -> Result<Response, Failure> {
    let language = visit.language;
    let (status, fault, wait) = match told.news {
        News::Taken | News::Mailed => (StatusCode::OK, None, None),
        News::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, Some(language.text("recovery.wrong")), None),
        News::NotYet => (StatusCode::UNPROCESSABLE_ENTITY, Some(language.text("third.not_yet")), None),
        News::TooMany(wait) => (StatusCode::TOO_MANY_REQUESTS, Some(language.text("recovery.too_many")), Some(wait)),
        News::Refused(Refusal::Overtaken) => (StatusCode::CONFLICT, Some(language.text("recovery.overtaken")), None),
        News::Refused(_) => (StatusCode::CONFLICT, Some(language.text("recovery.stale")), None),
    };
    let Some(at) = told.at else { return Ok(no_flow(visit)) };
    let mut answer = standing(state, visit, browser, status, at, fault).await?;
    if let Some(wait) = wait {
        answer.headers_mut().insert(RETRY_AFTER, wait.as_secs().max(1).into());
    }
    Ok(answer)
}

async fn standing(
    state: &AppState,
    visit: &Visit,
    browser: &Browser,
    status: StatusCode,
    at: Standpoint,
    fault: Option<&'static str>,
) -> Result<Response, Failure> {
    let language = visit.language;
    let Standpoint { page: shown, step, goal, .. } = at;
    Ok(match shown {
        Page::Identify => redirect_to(visit, "/recovery"),
        Page::Choose { methods, proved } => {
            let look = look(state, visit);
            let names: Vec<String> = proved.iter().map(|m| ways::words(language, *m).name.to_owned()).collect();
            let ways = methods.into_iter().map(|method| ways::words(language, method)).collect();
            let template = ChooseTemplate {
                title: look.t("recovery.choose"),
                step_words: step_words(visit, "2"),
                step,
                ways,
                proved: (!names.is_empty())
                    .then(|| language.with("recovery.proved", &[("names", &language.listed(&names))])),
                fault,
                look,
            };
            page(status, &template, None)
        }
        Page::Prove { method: Method::ThirdParty, .. } => {
            third_party::prove(state, visit, browser, status, step, fault).await?
        }
        Page::Prove { method: Method::SecurityQuestions, .. } => {
            questions::ask(state, visit, browser, status, step, fault).await?
        }
        Page::Prove { method, .. } => {
            let (look, way) = (look(state, visit), ways::words(language, method));
            let template = ProveTemplate {
                title: way.name,
                step_words: step_words(visit, "2"),
                step,
                mails: matches!(method, Method::MailedCode | Method::MailedLink),
                passkey: method == Method::Passkey,
                way,
                fault,
                look,
            };
            page(status, &template, None)
        }
        Page::Ready if goal == Goal::SetPassword => password::ready(state, visit, browser, status, step, fault).await?,
        Page::Ready => unlock::ready(state, visit, status, step, fault),
        Page::Redeemed => {
            let words = (language.text("recovery.done"), language.text("recovery.done.text"));
            said(visit, status, words, ("/sign-in", language.text("recovery.to_sign_in")))
        }
        Page::Over => {
            let words = (language.text("recovery.over"), language.text("recovery.over.text"));
            said(visit, status, words, ("/recovery", language.text("recovery.again")))
        }
    })
}

/// Takes a step with the browser's flow, and shows where it led.
pub(super) async fn take(
    state: &AppState,
    visit: &Visit,
    step: impl AsyncFnOnce(&Service, &Browser) -> Result<Told, Error>,
) -> Result<Response, Failure> {
    let Some(browser) = visit.browser() else { return Ok(no_flow(visit)) };
    let told = step(state.service(), &browser).await?;
    went(state, visit, &browser, told).await
}

pub(crate) async fn choose_way(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let Some(method) = Method::from_name(visit.form.text("method")) else { return Ok(redirect_to(&visit, HERE)) };
    take(&state, &visit, async |service, browser| service.choose_proof(browser, step(&visit), method).await).await
}

pub(crate) async fn answer(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let text = SecretText::new(visit.form.text("code").to_owned());
    take(&state, &visit, async |service, browser| service.answer_proof(browser, step(&visit), text).await).await
}

pub(crate) async fn go_back(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    take(&state, &visit, async |service, browser| service.leave_proof(browser, step(&visit)).await).await
}

/// What a passkey is to sign, for the script of the page.
pub(crate) async fn ask_passkey(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let browser = visit.browser().ok_or(Error::NotFound)?;
    let question = state.service().passkey_question(&browser).await?.ok_or(Error::NotFound)?;
    Ok(json(StatusCode::OK, &Question::from(&question)))
}
