//! `DELETE /sources/{sourceId}/schemas/{schemaId}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::error::Failure;
use crate::extract::{Authenticated, PathIds};
use crate::state::AppState;

pub(crate) async fn delete_source_schema(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathIds(source, id): PathIds,
) -> Result<Response, Failure> {
    state.service().delete_source_schema(&caller, &source, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
