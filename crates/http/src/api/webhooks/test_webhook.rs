//! `POST /api/v1/webhooks/{id}/test`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::native::WebhookTest;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

/// 202: the message goes the way of every other; its delivery tells what came of it.
pub(crate) async fn test_webhook(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let event_id = state.service().test_webhook(&caller, &id).await?;
    Ok(json(StatusCode::ACCEPTED, &WebhookTest { event_id }))
}
