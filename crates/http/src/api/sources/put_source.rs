//! `PUT /sources/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::sources::SourceFields;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody, PathId};
use crate::state::AppState;

pub(crate) async fn put_source(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    JsonBody(fields): JsonBody<SourceFields>,
) -> Result<Response, Failure> {
    Ok(json(StatusCode::OK, &state.service().put_source(&caller, &id, fields).await?))
}
