//! Help with one account of a person.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::help_desk::{AccountHelp, HelpWish};
use passwright_app::{Error, Fault};

use super::super::answer::redirect_to;
use super::super::visit::Visit;
use super::person::{Told, show};
use crate::error::Failure;
use crate::extract::PathId;
use crate::state::AppState;

/// The words for one kind of help.
struct Words {
    done: &'static str,
    refused: &'static str,
    unavailable: &'static str,
}

pub(crate) async fn unlock_account(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let words = Words { done: "unlocked", refused: "unlock.refused", unavailable: "unlock.unavailable" };
    help(&state, &visit, &id, AccountHelp::Unlock, words).await
}

pub(crate) async fn expire_password(
    State(state): State<AppState>,
    PathId(id): PathId,
    visit: Visit,
) -> Result<Response, Failure> {
    let words = Words { done: "expired", refused: "expire.refused", unavailable: "expire.unavailable" };
    help(&state, &visit, &id, AccountHelp::ExpirePassword, words).await
}

async fn help(state: &AppState, visit: &Visit, id: &str, help: AccountHelp, words: Words) -> Result<Response, Failure> {
    let (service, session, form) = (state.service(), visit.signed_in()?, &visit.form);
    let wish = HelpWish { reason: form.text("reason").to_owned(), caller_checked: form.text("checked") == "yes" };
    let done = service.help_with_account(session, (id, form.text("account")), help, wish, &visit.trace).await;
    let told = |key, because| Told { words: visit.language.text(key).to_owned(), because };
    let (status, fault) = match done {
        Ok(()) => return Ok(redirect_to(visit, &format!("/help-desk/people/{id}?done={}", words.done))),
        Err(Error::BadRequest { fault: Fault::Missing, .. }) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Told::incomplete(visit.language))
        }
        // Why, as the system says it.
        Err(Error::BadRequest { message, .. }) => {
            (StatusCode::UNPROCESSABLE_ENTITY, told(words.refused, Some(message)))
        }
        Err(Error::Unavailable { .. }) => (StatusCode::SERVICE_UNAVAILABLE, told(words.unavailable, None)),
        Err(error) => return Err(error.into()),
    };
    let person = service.get_person(session, id, &visit.trace).await?;
    Ok(show(state, visit, status, person, None, Some(fault)))
}
