//! `POST /api/v1/password-changes/{id}/cancel`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

/// Takes no body; one that is sent is not read.
pub(crate) async fn cancel_password_change(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let change = state.service().cancel_password_change(&caller, &id).await?;
    Ok(json(StatusCode::OK, &encode(change)))
}
