//! `POST /api/v1/password-changes`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::passwords::SetPasswordRequest;
use passwright_wire::native::NewPasswordChange;
use passwright_wire::{PasswordChangeResponse, PasswordChangeState};

use crate::error::{Failure, json};
use crate::extract::{Authenticated, IdempotencyKey, JsonBody};
use crate::state::AppState;

pub(crate) async fn create_password_change(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    IdempotencyKey(key): IdempotencyKey,
    JsonBody(body): JsonBody<NewPasswordChange>,
) -> Result<Response, Failure> {
    let request = SetPasswordRequest {
        identity_id: body.identity_id,
        encrypted_password: body.encrypted_password,
        public_key_id: body.public_key_id,
        account_id: body.account_id,
        source_id: body.source_id,
        unlock_account: body.unlock_account.unwrap_or(false),
    };
    let accepted = state.service().create_password_change(&caller, request, key).await?;
    let answer =
        PasswordChangeResponse { request_id: Some(accepted.id.into()), state: PasswordChangeState::InProgress };
    Ok(json(StatusCode::ACCEPTED, &answer))
}
