//! `GET /personal-access-tokens`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, Query};
use crate::state::AppState;

pub(crate) async fn list_personal_access_tokens(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Failure> {
    let (owner, filters) = (query.text("owner-id")?, query.text("filters")?);
    let tokens = state.service().list_personal_access_tokens(&caller, owner.as_deref(), filters.as_deref()).await?;
    Ok(json(StatusCode::OK, &tokens.into_iter().map(encode).collect::<Vec<_>>()))
}
