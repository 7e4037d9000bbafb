//! `POST /password-policies`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::PasswordPolicy;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

/// Exactly 200: an SDK that meets another status answers its caller nothing.
pub(crate) async fn create_password_policy(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(policy): JsonBody<PasswordPolicy>,
) -> Result<Response, Failure> {
    let made = state.service().create_password_policy(&caller, policy).await?;
    Ok(json(StatusCode::OK, &encode(&made, caller.api_version)))
}
