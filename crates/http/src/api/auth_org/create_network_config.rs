//! `POST /auth-org/network-config`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::auth_org::NetworkConfiguration;

use super::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

pub(crate) async fn create_network_config(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(config): JsonBody<NetworkConfiguration>,
) -> Result<Response, Failure> {
    let config = state.service().create_network_config(&caller, encode::decode_network(config)).await?;
    Ok(json(StatusCode::OK, &encode::network(config)))
}
