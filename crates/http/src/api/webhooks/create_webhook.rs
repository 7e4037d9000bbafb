//! `POST /api/v1/webhooks`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::native::{CreatedWebhook, WebhookRequest};

use super::encode::{decode, encode};
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

pub(crate) async fn create_webhook(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<WebhookRequest>,
) -> Result<Response, Failure> {
    let created = state.service().create_webhook(&caller, decode(body)).await?;
    let answer = CreatedWebhook { webhook: encode(created.webhook), secret: created.secret.expose().to_owned() };
    Ok(json(StatusCode::CREATED, &answer))
}
