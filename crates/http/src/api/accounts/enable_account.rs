//! `POST /accounts/{id}/enable`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::accounts::AccountChange;
use passwright_wire::account::{AccountToggleRequest, AccountsAsyncResult};

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody, PathId};
use crate::state::AppState;

pub(crate) async fn enable_account(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    JsonBody(body): JsonBody<AccountToggleRequest>,
) -> Result<Response, Failure> {
    let forced = body.force_provisioning.unwrap_or(false);
    let id = state.service().set_account_state(&caller, &id, AccountChange::Enable, forced).await?;
    Ok(json(StatusCode::ACCEPTED, &AccountsAsyncResult { id }))
}
