use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::Error;
use passwright_app::help_desk::HelpWish;

use super::super::answer::redirect_to;
use super::super::visit::Visit;
use super::person::{TokenLines, Told, show};
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

/// Digits that are read out together.
const GROUP: usize = 3;

pub(crate) async fn create_token(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let (service, session) = (state.service(), visit.signed_in()?);
    let wish =
        HelpWish { reason: visit.form.text("reason").to_owned(), caller_checked: visit.form.text("checked") == "yes" };
    let (status, told) = match service.create_token_for_person(session, &id, wish, &visit.trace).await {
        Ok(token) => {
            let digits: Vec<char> = token.digits.expose().chars().collect();
            let lines = TokenLines {
                id: token.id.to_string(),
                groups: digits.chunks(GROUP).map(|group| group.iter().collect()).collect(),
                expires_at: token.expires_at,
                seconds: token.expires_at.since(service.now()).as_secs(),
            };
            return Ok(show(&state, &visit, StatusCode::OK, token.person, Some(lines), None));
        }
        Err(Error::BadRequest { .. }) => (StatusCode::UNPROCESSABLE_ENTITY, Told::incomplete(visit.language)),
        Err(Error::TooManyRequests { .. }) => {
            let words = visit.language.text("token.too_many").to_owned();
            (StatusCode::TOO_MANY_REQUESTS, Told { words, because: None })
        }
        Err(error) => return Err(error.into()),
    };
    let person = service.get_person(session, &id, &visit.trace).await?;
    Ok(show(&state, &visit, status, person, None, Some(told)))
}

pub(crate) async fn cancel_token(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let session = visit.signed_in()?;
    let token = visit.form.text("token");
    state.service().cancel_token_of_person(session, &id, token, &visit.trace).await?;
    Ok(redirect_to(&visit, &format!("/help-desk/people/{id}")))
}
