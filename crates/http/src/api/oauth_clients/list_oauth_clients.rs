//! `GET /oauth-clients`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, Query};
use crate::state::AppState;

pub(crate) async fn list_oauth_clients(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Failure> {
    let clients = state.service().list_oauth_clients(&caller, query.text("filters")?.as_deref()).await?;
    let clients: Vec<_> = clients.into_iter().map(|client| encode(client, None)).collect();
    Ok(json(StatusCode::OK, &clients))
}
