//! `DELETE /oauth-clients/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::error::Failure;
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn delete_oauth_client(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    state.service().delete_oauth_client(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
