//! `POST /sources`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::sources::SourceFields;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody, Query};
use crate::state::AppState;

pub(crate) async fn create_source(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
    JsonBody(fields): JsonBody<SourceFields>,
) -> Result<Response, Failure> {
    let as_csv = query.boolean("provisionAsCsv")?.unwrap_or(false);
    Ok(json(StatusCode::CREATED, &state.service().create_source(&caller, fields, as_csv).await?))
}
