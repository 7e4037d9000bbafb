//! `DELETE /sources/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::source::TaskResult;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

/// The source is gone when this answers; 202 and the task are the wire's form.
pub(crate) async fn delete_source(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let id = state.service().delete_source(&caller, &id).await?;
    Ok(json(StatusCode::ACCEPTED, &TaskResult { kind: "TASK_RESULT".to_owned(), id, name: None }))
}
