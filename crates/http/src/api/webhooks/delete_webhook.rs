//! `DELETE /api/v1/webhooks/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::error::Failure;
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn delete_webhook(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    state.service().delete_webhook(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
