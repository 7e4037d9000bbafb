//! `POST /custom-password-instructions`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::CustomPasswordInstruction;

use super::encode::{decode, encode};
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

/// Exactly 200: an SDK that meets another status answers its caller nothing.
pub(crate) async fn create_custom_password_instructions(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(instruction): JsonBody<CustomPasswordInstruction>,
) -> Result<Response, Failure> {
    let kept = state.service().create_custom_password_instructions(&caller, decode(instruction)).await?;
    Ok(json(StatusCode::OK, &encode(kept)))
}
