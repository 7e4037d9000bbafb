//! The link of a mail: a page with a button, as mail scanners open links; only the button uses it up (requirement R36).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::oauth::SecretText;

use super::super::answer::page;
use super::super::look::Look;
use super::super::visit::Visit;
use super::begin::said;
use super::flow::{look, went};
use crate::error::Failure;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "recovery_link.html")]
struct LinkTemplate<'a> {
    look: Look,
    title: &'a str,
    proof: &'a str,
}

pub(crate) async fn get_link(State(state): State<AppState>, visit: Visit) -> Response {
    if visit.browser().is_none() {
        return elsewhere(&visit);
    }
    let look = look(&state, &visit);
    let template = LinkTemplate { title: look.t("recovery.link"), proof: visit.query.text("proof"), look };
    page(StatusCode::OK, &template, None)
}

/// Opened in a browser that asked for nothing: there is nothing that it could belong to.
fn elsewhere(visit: &Visit) -> Response {
    let language = visit.language;
    let words = (language.text("recovery.link.elsewhere"), language.text("recovery.link.elsewhere.text"));
    said(visit, StatusCode::OK, words, ("/recovery", language.text("recovery.again")))
}

pub(crate) async fn post_link(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let Some(browser) = visit.browser() else { return Ok(elsewhere(&visit)) };
    let proof = SecretText::new(visit.form.text("proof").to_owned());
    let told = state.service().open_mailed_link(&browser, proof).await?;
    went(&state, &visit, &browser, told).await
}
