//! `DELETE /mfa/{method}/delete`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

/// 200 with what there was.
pub(crate) async fn delete_mfa_config(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(method): PathId,
) -> Result<Response, Failure> {
    let (method, config) = state.service().delete_mfa_config(&caller, &method).await?;
    Ok(json(StatusCode::OK, &encode(method, config)))
}
