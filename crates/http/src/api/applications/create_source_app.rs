//! `POST /source-apps`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::applications::ApplicationRequest;
use passwright_wire::application::SourceAppCreate;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

pub(crate) async fn create_source_app(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<SourceAppCreate>,
) -> Result<Response, Failure> {
    let request = ApplicationRequest {
        name: Some(body.name),
        description: Some(body.description),
        source_id: Some(body.account_source.id),
        match_all_accounts: body.match_all_accounts.unwrap_or(false),
    };
    let made = state.service().create_application(&caller, request).await?;
    Ok(json(StatusCode::OK, &encode(made)))
}
