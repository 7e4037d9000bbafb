//! For the operator's tools: is it alive, is it ready, how much has it done.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use passwright_app::Error;
use serde::Serialize;

use crate::error::{Failure, JSON, json};
use crate::metrics;
use crate::state::AppState;

#[derive(Serialize)]
pub(crate) struct Alive {
    pub(crate) status: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Ready {
    pub(crate) status: &'static str,
    /// `sqlite` or `postgresql`.
    pub(crate) engine: &'static str,
    /// What a committed write survives: `power-loss` or `none`.
    pub(crate) durability: &'static str,
    pub(crate) detail: String,
}

/// The process answers. Asks nothing else, so that a slow database does not get it restarted.
pub(crate) async fn livez() -> Response {
    json(StatusCode::OK, &Alive { status: "alive" })
}

/// The database answers; 503 when it does not.
pub(crate) async fn readyz(State(state): State<AppState>) -> Result<Response, Failure> {
    let health = state.service().health().await?;
    let ready = Ready { status: "ready", engine: health.engine, durability: health.durability, detail: health.detail };
    Ok(json(StatusCode::OK, &ready))
}

pub(crate) async fn get_metrics(State(state): State<AppState>) -> Result<Response, Failure> {
    // Without a database the last figures stay, and the rest is told all the same.
    if let Ok(held) = state.service().held_sources().await {
        state.metrics().hold(held);
    }
    let text = state
        .metrics()
        .encode(state.service().alerts().counts())
        .map_err(|e| Error::Internal(format!("metrics: {e}")))?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(metrics::CONTENT_TYPE))], text).into_response())
}

pub(crate) async fn get_openapi(State(state): State<AppState>) -> Response {
    ([(CONTENT_TYPE, JSON)], state.openapi()).into_response()
}
