//! Signing in with a user name and a password, for the pages and, with the same form, for a client of OAuth.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use passwright_app::oauth::Password;
use passwright_app::sessions::{Entered, Session, SignIn};

use super::answer::{page, redirect_to, with_cookie};
use super::factors::STEP;
use super::language::Language;
use super::look::{Look, Place};
use super::visit::{Visit, leading_to};
use crate::error::Failure;
use crate::state::AppState;

/// What the page says besides its form.
#[derive(Default)]
pub(crate) struct SignInPage<'a> {
    /// What went wrong.
    pub(crate) fault: Option<&'a str>,
    /// The name that was given.
    pub(crate) user_name: &'a str,
    /// The application that asks to act for the person.
    pub(crate) client: Option<&'a str>,
    /// Where the form goes.
    pub(crate) action: &'a str,
    /// Fields that go with it.
    pub(crate) hidden: Vec<(&'a str, &'a str)>,
    /// A further place that the form may lead to.
    pub(crate) leads_to: Option<&'a str>,
    /// Somebody is signed in already and only has to agree.
    pub(crate) agrees: bool,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInTemplate<'a> {
    look: Look,
    title: &'a str,
    page: &'a SignInPage<'a>,
}

/// The page. Its form holds a random value, which a cookie holds too, unless there is a session with a better one.
pub(crate) fn sign_in_page(state: &AppState, visit: &Visit, status: StatusCode, of: &SignInPage<'_>) -> Response {
    let form = visit.form_value.clone().unwrap_or_else(|| state.service().tracking_id());
    let mut look = Look::new(state, visit, Place::None, &form);
    if !of.agrees {
        // A person who is signed in and comes here wants another name.
        look.form.clone_from(&form);
        look.person = None;
        look.idle_seconds = 0;
    }
    let title = look.t("sign_in.title");
    let cookie = if of.agrees { None } else { visit.form_cookie(&form) };
    with_cookie(page(status, &SignInTemplate { look, title, page: of }, of.leads_to), cookie)
}

pub(crate) async fn get_sign_in(State(state): State<AppState>, visit: Visit) -> Response {
    if visit.session.is_some() {
        return redirect_to(&visit, &visit.wanted_place().unwrap_or_else(|| "/password-manager".to_owned()));
    }
    ask(&state, &visit, StatusCode::OK, "", None)
}

fn ask(state: &AppState, visit: &Visit, status: StatusCode, user_name: &str, fault: Option<&str>) -> Response {
    let to = visit.wanted_place();
    let hidden = to.as_deref().map(|to| ("to", to)).into_iter().collect();
    let of = SignInPage { fault, user_name, action: "/sign-in", hidden, ..SignInPage::default() };
    sign_in_page(state, visit, status, &of)
}

pub(crate) async fn post_sign_in(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let user_name = visit.form.text("username").to_owned();
    match sign_in_for(&state, &visit).await? {
        Ok(Opened::Session(_, cookie)) => {
            let to = visit.wanted_place().unwrap_or_else(|| "/password-manager".to_owned());
            Ok(with_cookie(redirect_to(&visit, &to), cookie))
        }
        Ok(Opened::Half(cookie)) => Ok(to_factor(&visit, cookie, visit.wanted_place().as_deref())),
        Err(refused) => Ok(refused.answer(ask(&state, &visit, refused.status, &user_name, Some(&refused.words)))),
    }
}

/// Why nobody was signed in.
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) words: String,
    wait: Option<u64>,
}

impl Refused {
    /// Adds the time to wait.
    pub(crate) fn answer(&self, mut answer: Response) -> Response {
        if let Some(seconds) = self.wait {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}

/// When to try again, in whole minutes.
pub(crate) fn too_many(language: &Language, wait: Duration) -> String {
    let minutes = wait.as_secs().div_ceil(60).max(1);
    language.counted("sign_in.too_many", usize::try_from(minutes).unwrap_or(usize::MAX), &[])
}

/// Where a right password led, with the cookie for it.
pub(crate) enum Opened {
    Session(Box<Session>, Option<HeaderValue>),
    /// A factor has to be shown first.
    Half(Option<HeaderValue>),
}

/// Asks for the factor, and leads to a place of ours then.
pub(crate) fn to_factor(visit: &Visit, cookie: Option<HeaderValue>, to: Option<&str>) -> Response {
    with_cookie(redirect_to(visit, &leading_to(STEP, to)), cookie)
}

/// Signs in with what the form says; or why not.
pub(crate) async fn sign_in_for(state: &AppState, visit: &Visit) -> Result<Result<Opened, Refused>, Failure> {
    let password = Password::new(visit.form.text("password").to_owned());
    let user_name = visit.form.text("username");
    let signed_in = state.service().sign_in(user_name, password, visit.visitor.clone(), &visit.trace).await?;
    let language = visit.language;
    Ok(match signed_in {
        SignIn::Passed(Entered::Session(new)) => {
            let cookie = visit.session_cookie(&new.cookie);
            Ok(Opened::Session(Box::new(new.session), cookie))
        }
        SignIn::Passed(Entered::Half(secret)) => Ok(Opened::Half(visit.half_cookie(Some(&secret)))),
        SignIn::Wrong => {
            Err(Refused { status: StatusCode::FORBIDDEN, words: language.text("sign_in.wrong").to_owned(), wait: None })
        }
        SignIn::TooMany(wait) => Err(Refused {
            status: StatusCode::TOO_MANY_REQUESTS,
            words: too_many(language, wait),
            wait: Some(wait.as_secs().max(1)),
        }),
    })
}
