//! `DELETE /source-apps/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn delete_source_app(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let found = state.service().delete_application(&caller, &id).await?;
    Ok(json(StatusCode::OK, &encode(found)))
}
