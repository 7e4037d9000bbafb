//! `GET /api/v1/aggregations/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn get_aggregation(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let aggregation = state.service().get_aggregation(&caller, &id).await?;
    Ok(json(StatusCode::OK, &encode(aggregation)))
}
