//! `PATCH /auth-org/service-provider-config`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonPatchBody};
use crate::state::AppState;

pub(crate) async fn patch_service_provider_config(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonPatchBody(patch): JsonPatchBody,
) -> Result<Response, Failure> {
    let config = state.service().patch_service_provider_config(&caller, &patch).await?;
    Ok(json(StatusCode::OK, &encode::service_provider(config)))
}
