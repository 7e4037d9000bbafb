//! `POST /api/v1/held-changes/release`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::native::{HeldChangesRequest, HeldChangesResponse};

use super::decode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

pub(crate) async fn release_held_changes(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<HeldChangesRequest>,
) -> Result<Response, Failure> {
    let count = state.service().release_held_changes(&caller, decode(body)).await?;
    Ok(json(StatusCode::OK, &HeldChangesResponse { count }))
}
