//! `POST /mfa/kba/config/answers`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::oauth::SecretText;
use passwright_app::security_questions::SecurityAnswer;
use passwright_wire::mfa::{KbaAnswerRequestItem, KbaAnswerResponseItem};

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonArrayBody};
use crate::state::AppState;

pub(crate) async fn set_security_answers(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonArrayBody(answers): JsonArrayBody<KbaAnswerRequestItem>,
) -> Result<Response, Failure> {
    let given =
        |item: KbaAnswerRequestItem| SecurityAnswer { question_id: item.id, answer: SecretText::new(item.answer) };
    let answers = answers.into_iter().map(given).collect();
    let questions: Vec<_> = state
        .service()
        .set_security_answers(&caller, answers)
        .await?
        .into_iter()
        .map(|shown| KbaAnswerResponseItem {
            question: shown.question.all_texts(),
            id: shown.question.id,
            has_answer: shown.has_answer,
        })
        .collect();
    Ok(json(StatusCode::OK, &questions))
}
