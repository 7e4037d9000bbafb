//! `POST /api/v1/password-changes`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::{PasswordChangeRequest, PasswordChangeResponse, PasswordChangeState};

use crate::api::passwords::decode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, IdempotencyKey, JsonBody};
use crate::state::AppState;

pub(crate) async fn create_password_change(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    IdempotencyKey(key): IdempotencyKey,
    JsonBody(body): JsonBody<PasswordChangeRequest>,
) -> Result<Response, Failure> {
    let accepted = state.service().create_password_change(&caller, decode(body), key).await?;
    let answer =
        PasswordChangeResponse { request_id: Some(accepted.id.into()), state: PasswordChangeState::InProgress };
    Ok(json(StatusCode::ACCEPTED, &answer))
}
