//! `PATCH /sources/{sourceId}/password-policies`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::PasswordPolicyHolder;

use super::encode::{decode, encode};
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonArrayBody, PathId};
use crate::state::AppState;

/// The body is the whole list, not a JSON Patch.
pub(crate) async fn update_policy_holders(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(source): PathId,
    JsonArrayBody(holders): JsonArrayBody<PasswordPolicyHolder>,
) -> Result<Response, Failure> {
    let holders = holders.into_iter().map(decode).collect();
    let saved = state.service().update_policy_holders(&caller, &source, holders).await?;
    let answer: Vec<_> = saved.into_iter().map(encode).collect();
    Ok(json(StatusCode::OK, &answer))
}
