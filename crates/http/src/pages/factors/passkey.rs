//! Adding a passkey: the one page here that needs script.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::factors::{Factor, NewPasskeyQuestion};
use serde::Serialize;

use super::super::answer::{page, redirect_to};
use super::super::look::{Look, Place};
use super::super::visit::Visit;
use super::proof::{ProofForm, check_first, for_change, refusal, shown};
use crate::error::{Failure, json};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "factor_passkey.html")]
struct PasskeyTemplate<'a> {
    look: Look,
    title: &'a str,
    proof: Option<ProofForm>,
    stuck: bool,
    fault: Option<&'a str>,
}

/// What `navigator.credentials.create` is called with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewQuestion {
    challenge: String,
    rp_id: String,
    rp_name: String,
    user_id: String,
    user_name: String,
    exclude: Vec<String>,
    /// Milliseconds.
    timeout: u128,
}

pub(crate) async fn get_passkey(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    show(&state, &visit, StatusCode::OK, None).await
}

async fn show(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    fault: Option<&'static str>,
) -> Result<Response, Failure> {
    let (proof, stuck) = for_change(state, visit, visit.signed_in()?, Factor::Passkey).await?;
    let mut look = Look::new(state, visit, Place::Factors, "");
    look.here = "/factors/passkey".to_owned();
    let title = look.t("factors.passkey.title");
    Ok(page(status, &PasskeyTemplate { look, title, proof, stuck, fault }, None))
}

pub(crate) async fn ask_new_passkey(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let NewPasskeyQuestion { challenge, rp_id, rp_name, user_id, user_name, exclude, timeout } =
        state.service().start_passkey(&caller).await?;
    let timeout = timeout.as_millis();
    let question = NewQuestion { challenge, rp_id, rp_name, user_id, user_name, exclude, timeout };
    Ok(json(StatusCode::OK, &question))
}

pub(crate) async fn add_passkey(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let answer = visit.form.text("made");
    if answer.is_empty() {
        let words = visit.language.text("passkey.missing");
        return show(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, Some(words)).await;
    }
    if let Some((status, words)) = check_first(&state, &visit).await? {
        return show(&state, &visit, status, Some(words)).await;
    }
    match state.service().confirm_passkey(&caller, answer, shown(&visit)).await? {
        Ok(()) => Ok(redirect_to(&visit, "/factors?done=set")),
        Err(refused) => {
            let (status, words) = refusal(visit.language, &refused);
            show(&state, &visit, status, Some(words)).await
        }
    }
}
