//! `GET /sources/{sourceId}/schemas/{schemaId}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathIds};
use crate::state::AppState;

pub(crate) async fn get_source_schema(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathIds(source, id): PathIds,
) -> Result<Response, Failure> {
    Ok(json(StatusCode::OK, &state.service().get_source_schema(&caller, &source, &id).await?))
}
