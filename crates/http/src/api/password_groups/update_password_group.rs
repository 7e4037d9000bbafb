//! `PUT /password-sync-groups/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::PasswordSyncGroup;

use super::encode::{decode, encode};
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody, PathId};
use crate::state::AppState;

pub(crate) async fn update_password_group(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    JsonBody(group): JsonBody<PasswordSyncGroup>,
) -> Result<Response, Failure> {
    let saved = state.service().update_password_group(&caller, &id, decode(group)).await?;
    Ok(json(StatusCode::OK, &encode(saved)))
}
