//! The security questions that people can choose from: seen, added, removed, on the page of the settings.

use axum::extract::State;
use axum::response::Response;
use passwright_app::security_questions::ShownQuestion;

use super::super::answer::redirect_to;
use super::super::language::{self, Language};
use super::super::visit::Visit;
use super::settings::finish;
use crate::error::Failure;
use crate::state::AppState;

/// A question in the language of the page, and how many people answered it.
pub(super) struct QuestionLine {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) answers: String,
}

pub(super) fn line(language: &Language, shown: &ShownQuestion) -> QuestionLine {
    let answers = usize::try_from(shown.answers).unwrap_or_default();
    QuestionLine {
        id: shown.question.id.clone(),
        text: shown.question.text_in(language.code).to_owned(),
        answers: language.counted("admin.questions.answers", answers, &[]),
    }
}

pub(crate) async fn add_question(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    let text = |name: &str| visit.form.text(name).to_owned();
    let in_language = |language: &Language| (language.code.to_owned(), text(&format!("text-{}", language.code)));
    let translations = language::all().iter().map(in_language).collect();
    let saved = state.service().add_security_question(&caller, text("text"), translations).await;
    finish(&state, &visit, "questions", saved).await
}

pub(crate) async fn remove_question(State(state): State<AppState>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.signed_in()?.caller(&visit.trace);
    state.service().remove_security_question(&caller, visit.form.text("question")).await?;
    Ok(redirect_to(&visit, "/admin/settings?done=deleted"))
}
