//! Security questions: all on one page, by their position, so that the form says nothing of which they are.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::oauth::SecretText;
use passwright_app::recovery::{Browser, Method};

use super::super::answer::page;
use super::super::look::Look;
use super::super::visit::Visit;
use super::super::ways;
use super::begin::step_words;
use super::flow::{look, no_flow, step, went};
use crate::error::Failure;
use crate::state::AppState;

/// More than are asked.
const MOST: usize = 10;

#[derive(Template)]
#[template(path = "recovery_questions.html")]
struct QuestionsTemplate<'a> {
    look: Look,
    title: &'a str,
    step_words: String,
    step: u32,
    questions: Vec<String>,
    fault: Option<&'a str>,
}

/// The page while they are asked.
pub(super) async fn ask(
    state: &AppState,
    visit: &Visit,
    browser: &Browser,
    status: StatusCode,
    step: u32,
    fault: Option<&'static str>,
) -> Result<Response, Failure> {
    let code = visit.language.code;
    let Some(questions) = state.service().recovery_questions(browser, code).await? else { return Ok(no_flow(visit)) };
    let (look, title) = (look(state, visit), ways::words(visit.language, Method::SecurityQuestions).name);
    let template = QuestionsTemplate { look, title, step_words: step_words(visit, "2"), step, questions, fault };
    Ok(page(status, &template, None))
}

pub(crate) async fn answer_questions(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let Some(browser) = visit.browser() else { return Ok(no_flow(&visit)) };
    let given = (1..=MOST).map(|at| format!("answer-{at}")).take_while(|name| visit.form.has(name));
    let answers = given.map(|name| SecretText::new(visit.form.text(&name).to_owned())).collect();
    let told = state.service().answer_questions(&browser, step(&visit), answers).await?;
    went(&state, &visit, &browser, told).await
}
