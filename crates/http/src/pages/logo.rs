//! The picture that an administrator set.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use crate::error::Failure;
use crate::state::AppState;

/// Its address holds a digest of it.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

pub(crate) async fn get_logo(State(state): State<AppState>) -> Result<Response, Failure> {
    let (kind, content) = state.service().logo().ok_or(Failure::NoSuchPath)?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(kind)), (CACHE_CONTROL, FOR_EVER)], content).into_response())
}
