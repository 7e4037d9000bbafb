//! `POST /password-org-config`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::PasswordOrgConfig;

use super::encode::{decode, encode};
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

pub(crate) async fn create_password_org_config(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(config): JsonBody<PasswordOrgConfig>,
) -> Result<Response, Failure> {
    let saved = state.service().create_password_org_config(&caller, decode(config)).await?;
    Ok(json(StatusCode::OK, &encode(saved)))
}
