//! `GET /sources/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn get_source(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    Ok(json(StatusCode::OK, &state.service().get_source(&caller, &id).await?))
}
