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

pub(crate) async fn ask_second_operator(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let (service, session) = (state.service(), visit.signed_in()?);
    let form = &visit.form;
    let wish = HelpWish { reason: form.text("reason").to_owned(), caller_checked: form.text("checked") == "yes" };
    match service.ask_second_operator(session, &id, wish, &visit.trace).await {
        // Nothing was asked where nobody is needed any more.
        Ok(()) | Err(Error::Conflict(_)) => Ok(redirect_to(&visit, &format!("/help-desk/people/{id}"))),
        Err(Error::BadRequest { fault: Fault::Missing, .. }) => {
            let person = service.get_person(session, &id, &visit.trace).await?;
            let told = Some(Told::incomplete(visit.language));
            Ok(show(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, person, None, told))
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn agree_to_help(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let asked = visit.form.text("asked");
    state.service().agree_to_help(visit.signed_in()?, &id, asked, &visit.trace).await?;
    Ok(redirect_to(&visit, &format!("/help-desk/people/{id}?done=agreed")))
}
