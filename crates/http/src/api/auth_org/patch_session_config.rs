//! `PATCH /auth-org/session-config`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonPatchBody};
use crate::state::AppState;

pub(crate) async fn patch_session_config(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonPatchBody(patch): JsonPatchBody,
) -> Result<Response, Failure> {
    let config = state.service().patch_session_config(&caller, patch).await?;
    Ok(json(StatusCode::OK, &encode::session(config)))
}
