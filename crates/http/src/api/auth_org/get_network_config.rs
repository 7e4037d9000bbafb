//! `GET /auth-org/network-config`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode;
use crate::error::{Failure, json};
use crate::extract::Authenticated;
use crate::state::AppState;

pub(crate) async fn get_network_config(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
) -> Result<Response, Failure> {
    let config = state.service().get_network_config(&caller).await?;
    Ok(json(StatusCode::OK, &encode::network(config)))
}
