//! `GET /api/v1/webhooks`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::Authenticated;
use crate::state::AppState;

pub(crate) async fn list_webhooks(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
) -> Result<Response, Failure> {
    let webhooks: Vec<_> = state.service().list_webhooks(&caller).await?.into_iter().map(encode).collect();
    Ok(json(StatusCode::OK, &webhooks))
}
