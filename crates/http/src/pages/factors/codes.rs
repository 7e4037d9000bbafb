//! Recovery codes: made, shown once, to be printed or copied.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::factors::{Factor, MadeCodes};
use passwright_app::oauth::SecretText;

use super::super::answer::page;
use super::super::look::{Look, Place};
use super::super::visit::Visit;
use super::proof::{ProofForm, check_first, for_change, refusal, shown};
use crate::error::Failure;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "factor_codes.html")]
struct CodesTemplate<'a> {
    look: Look,
    title: &'a str,
    proof: Option<ProofForm>,
    stuck: bool,
    fault: Option<&'a str>,
    /// There are some, which end with the new ones.
    replaces: bool,
    /// Empty before they are made.
    codes: Vec<SecretText>,
}

pub(crate) async fn get_codes(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    show(&state, &visit, StatusCode::OK, None, Vec::new()).await
}

async fn show(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    fault: Option<&'static str>,
    codes: Vec<SecretText>,
) -> Result<Response, Failure> {
    let session = visit.signed_in()?;
    let (proof, stuck) = for_change(state, visit, session, Factor::RecoveryCodes).await?;
    let has = state.service().list_factors(&session.caller(&visit.trace)).await?;
    let mut look = Look::new(state, visit, Place::Factors, "");
    look.here = "/factors/recovery-codes".to_owned();
    let title = look.t("factors.codes.title");
    let replaces = has.enrolled.contains(&Factor::RecoveryCodes);
    Ok(page(status, &CodesTemplate { look, title, proof, stuck, fault, replaces, codes }, None))
}

pub(crate) async fn make_codes(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    if let Some((status, words)) = check_first(&state, &visit).await? {
        return show(&state, &visit, status, Some(words), Vec::new()).await;
    }
    match state.service().make_recovery_codes(&caller, shown(&visit)).await? {
        Ok(MadeCodes(codes)) => show(&state, &visit, StatusCode::OK, None, codes).await,
        Err(refused) => {
            let (status, words) = refusal(visit.language, &refused);
            show(&state, &visit, status, Some(words), Vec::new()).await
        }
    }
}
