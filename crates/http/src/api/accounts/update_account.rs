//! `PATCH /accounts/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::account::AccountsAsyncResult;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonPatchBody, PathId};
use crate::state::AppState;

pub(crate) async fn update_account(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    JsonPatchBody(patch): JsonPatchBody,
) -> Result<Response, Failure> {
    let id = state.service().update_account(&caller, &id, &patch).await?;
    Ok(json(StatusCode::ACCEPTED, &AccountsAsyncResult { id }))
}
