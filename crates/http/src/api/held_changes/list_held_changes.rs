//! `GET /api/v1/held-changes`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::api::password_changes::encode;
use crate::error::{Failure, json};
use crate::extract::Authenticated;
use crate::state::AppState;

pub(crate) async fn list_held_changes(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
) -> Result<Response, Failure> {
    let changes = state.service().list_held_changes(&caller).await?;
    let answer: Vec<_> = changes.into_iter().map(encode).collect();
    Ok(json(StatusCode::OK, &answer))
}
