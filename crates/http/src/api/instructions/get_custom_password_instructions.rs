//! `GET /custom-password-instructions/{pageId}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, PathId, Query};
use crate::state::AppState;

pub(crate) async fn get_custom_password_instructions(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(page): PathId,
    query: Query,
) -> Result<Response, Failure> {
    let locale = query.text("locale")?;
    let found = state.service().get_custom_password_instructions(&caller, &page, locale.as_deref()).await?;
    Ok(json(StatusCode::OK, &encode(found)))
}
