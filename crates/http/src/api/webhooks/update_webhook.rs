//! `PUT /api/v1/webhooks/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::native::WebhookRequest;

use super::encode::{decode, encode};
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody, PathId};
use crate::state::AppState;

pub(crate) async fn update_webhook(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    JsonBody(body): JsonBody<WebhookRequest>,
) -> Result<Response, Failure> {
    let webhook = state.service().update_webhook(&caller, &id, decode(body)).await?;
    Ok(json(StatusCode::OK, &encode(webhook)))
}
