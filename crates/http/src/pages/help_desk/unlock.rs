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

pub(crate) async fn unlock_account(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let (service, session) = (state.service(), visit.signed_in()?);
    let form = &visit.form;
    let wish = HelpWish { reason: form.text("reason").to_owned(), caller_checked: form.text("checked") == "yes" };
    let done = service.unlock_account_of_person(session, &id, form.text("account"), wish, &visit.trace).await;
    let (status, fault) = match done {
        Ok(()) => return Ok(redirect_to(&visit, &format!("/help-desk/people/{id}?done=unlocked"))),
        Err(Error::BadRequest { fault: Fault::Missing, .. }) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Told::incomplete(visit.language))
        }
        // Why, as the system says it.
        Err(Error::BadRequest { message, .. }) => {
            let words = visit.language.text("unlock.refused").to_owned();
            (StatusCode::UNPROCESSABLE_ENTITY, Told { words, because: Some(message) })
        }
        Err(Error::Unavailable { .. }) => {
            let words = visit.language.text("unlock.unavailable").to_owned();
            (StatusCode::SERVICE_UNAVAILABLE, Told { words, because: None })
        }
        Err(error) => return Err(error.into()),
    };
    let person = service.get_person(session, &id, &visit.trace).await?;
    Ok(show(&state, &visit, status, person, None, Some(fault)))
}
