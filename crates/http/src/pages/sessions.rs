//! Where a person is signed in, signing out, and the language.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::sessions::StoredSession;

use super::answer::{page, redirect_to, with_cookie};
use super::language;
use super::look::{Look, Place};
use super::visit::Visit;
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsTemplate<'a> {
    look: Look,
    title: &'a str,
    sessions: Vec<StoredSession>,
    own: &'a str,
}

pub(crate) async fn list_sessions(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let session = visit.signed_in()?;
    let sessions = state.service().list_sessions(session).await?;
    let look = Look::new(&state, &visit, Place::Sessions, "");
    let title = look.t("sessions.title");
    Ok(page(StatusCode::OK, &SessionsTemplate { look, title, sessions, own: &session.stored.id }, None))
}

pub(crate) async fn sign_out(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    state.service().end_session(visit.signed_in()?, None, &visit.trace).await?;
    Ok(with_cookie(redirect_to(&visit, "/sign-in"), visit.no_session_cookie()))
}

pub(crate) async fn end_all_sessions(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    state.service().end_all_sessions(visit.signed_in()?, &visit.trace).await?;
    Ok(with_cookie(redirect_to(&visit, "/sign-in"), visit.no_session_cookie()))
}

pub(crate) async fn end_session(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let session = visit.signed_in()?;
    state.service().end_session(session, Some(&id), &visit.trace).await?;
    if session.stored.id == id {
        return Ok(with_cookie(redirect_to(&visit, "/sign-in"), visit.no_session_cookie()));
    }
    Ok(redirect_to(&visit, "/sessions"))
}

/// Keeps the chosen language in a cookie and goes back to where one was.
pub(crate) async fn set_language(visit: Visit) -> Response {
    let code = language::by_code(visit.form.text("language")).map(|chosen| chosen.code);
    let to = visit.wanted_place();
    let to = to.as_deref().unwrap_or(if visit.session.is_some() { "/password-manager" } else { "/sign-in" });
    with_cookie(redirect_to(&visit, to), code.and_then(|code| visit.language_cookie(code)))
}
