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

pub(crate) async fn send_reset_mail(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let (service, session) = (state.service(), visit.signed_in()?);
    let form = &visit.form;
    let wish = HelpWish { reason: form.text("reason").to_owned(), caller_checked: form.text("checked") == "yes" };
    let told = match service.send_reset_mail(session, &id, wish, &visit.trace).await {
        Ok(()) => return Ok(redirect_to(&visit, &format!("/help-desk/people/{id}?done=mailed"))),
        Err(Error::BadRequest { fault: Fault::Missing, .. }) => Told::incomplete(visit.language),
        Err(Error::BadRequest { .. }) => {
            Told { words: visit.language.text("mail.impossible").to_owned(), because: None }
        }
        Err(error) => return Err(error.into()),
    };
    let person = service.get_person(session, &id, &visit.trace).await?;
    Ok(show(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, person, None, Some(told)))
}
