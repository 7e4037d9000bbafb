//! `PUT /sources/{sourceId}/schemas/{schemaId}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::SourceSchema;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody, PathIds};
use crate::state::AppState;

pub(crate) async fn put_source_schema(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathIds(source, id): PathIds,
    JsonBody(schema): JsonBody<SourceSchema>,
) -> Result<Response, Failure> {
    Ok(json(StatusCode::OK, &state.service().put_source_schema(&caller, &source, &id, schema).await?))
}
