//! `POST /source-apps/bulk-update`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use passwright_wire::application::SourceAppBulkUpdateRequest;

use crate::error::Failure;
use crate::extract::{Authenticated, JsonBody, patch_steps};
use crate::state::AppState;

pub(crate) async fn update_source_apps(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<SourceAppBulkUpdateRequest>,
) -> Result<Response, Failure> {
    let patch = patch_steps(body.json_patch)?;
    state.service().update_applications(&caller, &body.app_ids, patch).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
