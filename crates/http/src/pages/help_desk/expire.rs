use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::help_desk::HelpWish;
use passwright_app::{Error, Fault};

use super::super::answer::redirect_to;
use super::super::visit::Visit;
use super::person::{Told, show};
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

pub(crate) async fn expire_password(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let (service, session) = (state.service(), visit.signed_in()?);
    let form = &visit.form;
    let wish = HelpWish { reason: form.text("reason").to_owned(), caller_checked: form.text("checked") == "yes" };
    let done = service.expire_password_of_person(session, &id, form.text("account"), wish, &visit.trace).await;
    let words = |key| visit.language.text(key).to_owned();
    let (status, fault) = match done {
        Ok(()) => return Ok(redirect_to(&visit, &format!("/help-desk/people/{id}?done=expired"))),
        Err(Error::BadRequest { fault: Fault::Missing, .. }) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Told::incomplete(visit.language))
        }
        // Why, as the system says it.
        Err(Error::BadRequest { message, .. }) => {
            let told = Told { words: words("expire.refused"), because: Some(message) };
            (StatusCode::UNPROCESSABLE_ENTITY, told)
        }
        Err(Error::Unavailable { .. }) => {
            (StatusCode::SERVICE_UNAVAILABLE, Told { words: words("expire.unavailable"), because: None })
        }
        Err(error) => return Err(error.into()),
    };
    let person = service.get_person(session, &id, &visit.trace).await?;
    Ok(show(&state, &visit, status, person, None, Some(fault)))
}
