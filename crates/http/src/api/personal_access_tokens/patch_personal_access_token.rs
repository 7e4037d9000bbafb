//! `PATCH /personal-access-tokens/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonPatchBody, PathId};
use crate::state::AppState;

pub(crate) async fn patch_personal_access_token(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    JsonPatchBody(patch): JsonPatchBody,
) -> Result<Response, Failure> {
    let token = state.service().patch_personal_access_token(&caller, &id, &patch).await?;
    Ok(json(StatusCode::OK, &encode(token)))
}
