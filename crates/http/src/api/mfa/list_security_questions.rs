//! `GET /mfa/kba/config`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::mfa::KbaQuestion;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, Query};
use crate::state::AppState;

pub(crate) async fn list_security_questions(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Failure> {
    let all = query.boolean("allLanguages")?.unwrap_or(false);
    let questions = state.service().list_security_questions(&caller).await?;
    let questions: Vec<_> = questions
        .into_iter()
        .map(|shown| KbaQuestion {
            text: if all { shown.question.all_texts() } else { shown.question.text().to_owned() },
            id: shown.question.id,
            has_answer: shown.answers > 0,
            num_answers: shown.answers,
        })
        .collect();
    Ok(json(StatusCode::OK, &questions))
}
