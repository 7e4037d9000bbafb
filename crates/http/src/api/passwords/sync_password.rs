//! `POST /sync-password`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use passwright_app::passwords::SetPasswordRequest;
use passwright_wire::{PasswordChangeResponse, PasswordChangeState, SyncPasswordRequest};

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

/// 204 when there is nothing to do.
pub(crate) async fn sync_password(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<SyncPasswordRequest>,
) -> Result<Response, Failure> {
    let request = SetPasswordRequest {
        identity_id: body.identity_id,
        encrypted_password: body.encrypted_password,
        public_key_id: body.public_key_id,
        account_id: body.account_id,
        source_id: body.source_id,
        unlock_account: false,
    };
    let Some(accepted) = state.service().sync_password(&caller, request).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let answer =
        PasswordChangeResponse { request_id: Some(accepted.id.into()), state: PasswordChangeState::InProgress };
    Ok(json(StatusCode::ACCEPTED, &answer))
}
