//! Removing a factor, with another one or the help desk's digits.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::Error;
use passwright_app::factors::Factor;

use super::super::answer::{page, redirect_to};
use super::super::look::{Look, Place};
use super::super::visit::Visit;
use super::super::ways;
use super::proof::{ProofForm, for_change, refusal, shown};
use crate::error::Failure;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "factor_remove.html")]
struct RemoveTemplate<'a> {
    look: Look,
    title: String,
    factor: &'a str,
    proof: Option<ProofForm>,
    stuck: bool,
    fault: Option<&'a str>,
}

pub(crate) async fn get_remove(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let factor = Factor::from_name(visit.query.text("factor")).ok_or(Error::NotFound)?;
    show(&state, &visit, factor, StatusCode::OK, None).await
}

async fn show(
    state: &AppState,
    visit: &Visit,
    factor: Factor,
    status: StatusCode,
    fault: Option<&'static str>,
) -> Result<Response, Failure> {
    let (proof, stuck) = for_change(state, visit, visit.signed_in()?, factor).await?;
    let mut look = Look::new(state, visit, Place::Factors, "");
    look.here = "/factors".to_owned();
    let name = ways::words(visit.language, factor.method()).name;
    let title = look.with("factors.remove.title", "name", name);
    Ok(page(status, &RemoveTemplate { look, title, factor: factor.as_str(), proof, stuck, fault }, None))
}

pub(crate) async fn remove_factor(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let factor = Factor::from_name(visit.form.text("factor")).ok_or(Error::NotFound)?;
    let caller = visit.signed_in()?.caller(&visit.trace);
    match state.service().remove_factor(&caller, factor, shown(&visit)).await? {
        Ok(()) => Ok(redirect_to(&visit, "/factors?done=removed")),
        Err(refused) => {
            let (status, words) = refusal(visit.language, &refused);
            show(&state, &visit, factor, status, Some(words)).await
        }
    }
}
