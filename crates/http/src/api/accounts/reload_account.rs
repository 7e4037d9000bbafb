//! `POST /accounts/{id}/reload`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::accounts::AccountChange;
use passwright_wire::account::AccountsAsyncResult;

use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

pub(crate) async fn reload_account(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let id = state.service().set_account_state(&caller, &id, AccountChange::Reload, false).await?;
    Ok(json(StatusCode::ACCEPTED, &AccountsAsyncResult { id }))
}
