//! `POST /set-password`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::passwords::SetPasswordRequest;
use passwright_wire::{PasswordChangeRequest, PasswordChangeResponse, PasswordChangeState};

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

/// Exactly 202: an SDK that meets another status answers its caller nothing.
pub(crate) async fn set_password(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<PasswordChangeRequest>,
) -> Result<Response, Failure> {
    let accepted = state.service().set_password(&caller, decode(body)).await?;
    let answer =
        PasswordChangeResponse { request_id: Some(accepted.id.into()), state: PasswordChangeState::InProgress };
    Ok(json(StatusCode::ACCEPTED, &answer))
}

fn decode(body: PasswordChangeRequest) -> SetPasswordRequest {
    SetPasswordRequest {
        identity_id: body.identity_id,
        encrypted_password: body.encrypted_password,
        public_key_id: body.public_key_id,
        account_id: body.account_id,
        source_id: body.source_id,
        unlock_account: false,
    }
}
