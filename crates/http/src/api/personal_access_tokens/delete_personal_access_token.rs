//! `DELETE /personal-access-tokens/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::error::Failure;
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn delete_personal_access_token(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    state.service().delete_personal_access_token(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
