//! `GET /mfa/{method}/test`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::mfa::MfaConfigTestResponse;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn test_mfa_config(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(method): PathId,
) -> Result<Response, Failure> {
    let error = state.service().test_mfa_config(&caller, &method).await?;
    let state = if error.is_none() { "SUCCESS" } else { "FAILED" };
    Ok(json(StatusCode::OK, &MfaConfigTestResponse { state: state.to_owned(), error }))
}
