//! `PATCH /oauth-clients/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonPatchBody, PathId};
use crate::state::AppState;

pub(crate) async fn patch_oauth_client(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    JsonPatchBody(patch): JsonPatchBody,
) -> Result<Response, Failure> {
    let client = state.service().patch_oauth_client(&caller, &id, &patch).await?;
    Ok(json(StatusCode::OK, &encode(client, None)))
}
