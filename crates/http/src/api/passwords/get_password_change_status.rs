//! `GET /password-change-status/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::passwords::ChangeState;
use passwright_wire::{PasswordChangeState, PasswordStatus};

use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn get_password_change_status(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let status = state.service().get_password_change_status(&caller, &id).await?;
    let answer = PasswordStatus {
        request_id: Some(status.id.into()),
        state: wire_state(status.state),
        errors: status.errors,
        source_ids: status.source_ids.into_iter().map(String::from).collect(),
    };
    Ok(json(StatusCode::OK, &answer))
}

pub(crate) fn wire_state(state: ChangeState) -> PasswordChangeState {
    match state {
        ChangeState::InProgress => PasswordChangeState::InProgress,
        ChangeState::Finished => PasswordChangeState::Finished,
        ChangeState::Failed => PasswordChangeState::Failed,
    }
}
