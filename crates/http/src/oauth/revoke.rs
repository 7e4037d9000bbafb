//! `POST /oauth/revoke` (RFC 7009).

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use passwright_app::oauth::RevocationRequest;

use super::token::form;
use crate::error::Failure;
use crate::exchange::trace;
use crate::state::AppState;

/// 200 also for a token that is not known: the client has nothing more to do.
pub(crate) async fn revoke_token(State(state): State<AppState>, request: Request) -> Result<Response, Failure> {
    let trace = trace(&request);
    let mut form = form(request).await?;
    let request = RevocationRequest {
        token: form.secret("token"),
        client_id: form.text("client_id"),
        client_secret: form.secret("client_secret"),
    };
    state.service().revoke_token(request, &trace).await?;
    Ok(StatusCode::OK.into_response())
}
