//! `GET /api/v1/aggregations`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::aggregations::AggregationQuery;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, Query};
use crate::state::AppState;

pub(crate) async fn list_aggregations(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Failure> {
    let query = AggregationQuery {
        source_id: query.text("sourceId")?,
        limit: query.number("limit")?,
        offset: query.number("offset")?,
    };
    let all = state.service().list_aggregations(&caller, query).await?;
    let all: Vec<_> = all.into_iter().map(encode).collect();
    Ok(json(StatusCode::OK, &all))
}
