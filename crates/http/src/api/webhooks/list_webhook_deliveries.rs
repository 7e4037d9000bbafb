//! `GET /api/v1/webhooks/{id}/deliveries`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode::delivery;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId, Query};
use crate::state::AppState;

pub(crate) async fn list_webhook_deliveries(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    query: Query,
) -> Result<Response, Failure> {
    let (limit, offset) = (query.number("limit")?, query.number("offset")?);
    let deliveries = state.service().list_webhook_deliveries(&caller, &id, limit, offset).await?;
    let answer: Vec<_> = deliveries.into_iter().map(delivery).collect();
    Ok(json(StatusCode::OK, &answer))
}
