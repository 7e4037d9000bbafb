//! `GET /password-dictionary`

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use crate::error::Failure;
use crate::extract::Authenticated;
use crate::state::AppState;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Text, whatever the request accepts: the file has no other form, and SDKs ask for JSON by habit.
pub(crate) async fn get_password_dictionary(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
) -> Result<Response, Failure> {
    let text = state.service().get_password_dictionary(&caller).await?;
    Ok(([(CONTENT_TYPE, TEXT)], text).into_response())
}
