//! `POST /accounts/{id}/unlock`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::accounts::AccountChange;
use passwright_wire::account::{AccountUnlockRequest, AccountsAsyncResult};

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody, PathId};
use crate::state::AppState;

pub(crate) async fn unlock_account(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    JsonBody(body): JsonBody<AccountUnlockRequest>,
) -> Result<Response, Failure> {
    let forced = body.force_provisioning.unwrap_or(false);
    let id = state.service().set_account_state(&caller, &id, AccountChange::Unlock, forced).await?;
    Ok(json(StatusCode::ACCEPTED, &AccountsAsyncResult { id }))
}
