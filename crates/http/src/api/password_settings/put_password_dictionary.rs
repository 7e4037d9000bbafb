//! `PUT /password-dictionary`

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Failure;
use crate::extract::{Authenticated, UploadedFile};
use crate::state::AppState;

/// 201 for the first one. The body is empty.
pub(crate) async fn put_password_dictionary(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    UploadedFile(file): UploadedFile,
) -> Result<StatusCode, Failure> {
    let new = state.service().put_password_dictionary(&caller, &file).await?;
    Ok(if new { StatusCode::CREATED } else { StatusCode::OK })
}
