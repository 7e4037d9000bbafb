//! `GET /sources/{sourceId}/schemas`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId, Query};
use crate::state::AppState;

pub(crate) async fn list_source_schemas(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(source): PathId,
    query: Query,
) -> Result<Response, Failure> {
    let (types, names) = (query.text("include-types")?, query.text("include-names")?);
    let found = state.service().list_source_schemas(&caller, &source, types.as_deref(), names.as_deref()).await?;
    Ok(json(StatusCode::OK, &found))
}
