//! `DELETE /custom-password-instructions/{pageId}`

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Failure;
use crate::extract::{Authenticated, PathId, Query};
use crate::state::AppState;

pub(crate) async fn delete_custom_password_instructions(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(page): PathId,
    query: Query,
) -> Result<StatusCode, Failure> {
    let locale = query.text("locale")?;
    state.service().delete_custom_password_instructions(&caller, &page, locale.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
