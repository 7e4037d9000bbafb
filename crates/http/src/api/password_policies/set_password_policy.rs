//! `PUT /password-policies/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::PasswordPolicy;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody, PathId};
use crate::state::AppState;

pub(crate) async fn set_password_policy(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    JsonBody(policy): JsonBody<PasswordPolicy>,
) -> Result<Response, Failure> {
    let saved = state.service().set_password_policy(&caller, &id, policy).await?;
    Ok(json(StatusCode::OK, &encode(&saved, caller.api_version)))
}
