//! `PATCH /auth-users/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonPatchBody, PathId};
use crate::state::AppState;

pub(crate) async fn patch_auth_user(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    JsonPatchBody(patch): JsonPatchBody,
) -> Result<Response, Failure> {
    let user = state.service().patch_auth_user(&caller, &id, patch).await?;
    Ok(json(StatusCode::OK, &encode(user)))
}
