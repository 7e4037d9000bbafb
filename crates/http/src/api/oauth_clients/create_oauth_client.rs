//! `POST /oauth-clients`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::oauth_client::CreateOauthClientRequest;

use super::{decode, encode};
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

/// Exactly 200; the one answer with the secret.
pub(crate) async fn create_oauth_client(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<CreateOauthClientRequest>,
) -> Result<Response, Failure> {
    let (client, secret) = state.service().create_oauth_client(&caller, decode(body)).await?;
    Ok(json(StatusCode::OK, &encode(client, Some(secret.expose().to_owned()))))
}
