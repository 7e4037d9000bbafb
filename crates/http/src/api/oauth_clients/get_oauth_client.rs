//! `GET /oauth-clients/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn get_oauth_client(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    Ok(json(StatusCode::OK, &encode(state.service().get_oauth_client(&caller, &id).await?, None)))
}
