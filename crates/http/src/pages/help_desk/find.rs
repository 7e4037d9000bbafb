use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::help_desk::FoundPeople;

use super::super::answer::page;
use super::super::look::{Look, Place};
use super::super::visit::Visit;
use crate::error::Failure;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "help_desk.html")]
struct FindTemplate<'a> {
    look: Look,
    title: &'a str,
    text: &'a str,
    found: FoundPeople,
}

impl FindTemplate<'_> {
    fn found_words(&self) -> String {
        self.look.language().counted("desk.found", self.found.people.len(), &[])
    }
}

pub(crate) async fn find_people(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let text = visit.query.text("q");
    let found = state.service().find_people(visit.signed_in()?, text, &visit.trace).await?;
    let look = Look::new(&state, &visit, Place::HelpDesk, "");
    let title = look.t("desk.title");
    Ok(page(StatusCode::OK, &FindTemplate { look, title, text, found }, None))
}
