//! `DELETE /password-sync-groups/{id}`

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Failure;
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn delete_password_group(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<StatusCode, Failure> {
    state.service().delete_password_group(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
