//! `GET /auth-org/service-provider-config`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode;
use crate::error::{Failure, json};
use crate::extract::Authenticated;
use crate::state::AppState;

pub(crate) async fn get_service_provider_config(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
) -> Result<Response, Failure> {
    let config = state.service().get_service_provider_config(&caller).await?;
    Ok(json(StatusCode::OK, &encode::service_provider(config)))
}
