//! `GET /api/v1/password-changes`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::passwords::PasswordChangeQuery;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, Query};
use crate::state::AppState;

pub(crate) async fn list_password_changes(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    query: Query,
) -> Result<Response, Failure> {
    let query = PasswordChangeQuery {
        identity_id: query.text("identityId")?,
        limit: query.number("limit")?,
        offset: query.number("offset")?,
    };
    let changes = state.service().list_password_changes(&caller, query).await?;
    let answer: Vec<_> = changes.into_iter().map(encode).collect();
    Ok(json(StatusCode::OK, &answer))
}
