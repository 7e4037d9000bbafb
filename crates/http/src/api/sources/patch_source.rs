//! `PATCH /sources/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonPatchBody, PathId};
use crate::state::AppState;

pub(crate) async fn patch_source(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    JsonPatchBody(patch): JsonPatchBody,
) -> Result<Response, Failure> {
    Ok(json(StatusCode::OK, &state.service().patch_source(&caller, &id, &patch).await?))
}
