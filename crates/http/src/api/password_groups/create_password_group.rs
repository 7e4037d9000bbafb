//! `POST /password-sync-groups`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::PasswordSyncGroup;

use super::encode::{decode, encode};
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

/// Exactly 200: an SDK that meets another status answers its caller nothing.
pub(crate) async fn create_password_group(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(group): JsonBody<PasswordSyncGroup>,
) -> Result<Response, Failure> {
    let made = state.service().create_password_group(&caller, decode(group)).await?;
    Ok(json(StatusCode::OK, &encode(made)))
}
