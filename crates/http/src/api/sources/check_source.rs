//! `POST /sources/{sourceId}/connector/check-connection` and `…/test-configuration`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_wire::source::{CheckStatus, StatusResponse};
use serde_json::json;

use crate::error::{Failure, json as answer};
use crate::extract::{Authenticated, PathId};
use crate::state::AppState;

/// Both do the same here: connect, check the certificate, sign in as the service account.
pub(crate) async fn check_source(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<Response, Failure> {
    let check = state.service().check_source(&caller, &id).await?;
    let (status, details) = match check.fault {
        None => (CheckStatus::Success, json!({})),
        Some((class, reason, detail)) => {
            (CheckStatus::Failure, json!({ "class": class, "reason": reason, "detail": detail }))
        }
    };
    let elapsed_millis = i64::try_from(check.elapsed.as_millis()).unwrap_or(i64::MAX);
    Ok(answer(StatusCode::OK, &StatusResponse { id: check.id, name: check.name, status, elapsed_millis, details }))
}
