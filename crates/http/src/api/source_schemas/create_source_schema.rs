//! `POST /sources/{sourceId}/schemas`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::SourceSchema;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody, PathId};
use crate::state::AppState;

pub(crate) async fn create_source_schema(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(source): PathId,
    JsonBody(schema): JsonBody<SourceSchema>,
) -> Result<Response, Failure> {
    Ok(json(StatusCode::CREATED, &state.service().create_source_schema(&caller, &source, schema).await?))
}
