//! `GET /mfa/duo-web/config`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::mfa::MfaMethod;

use super::encode::encode;
use crate::error::{Failure, json};
use crate::extract::Authenticated;
use crate::state::AppState;

pub(crate) async fn get_duo_config(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
) -> Result<Response, Failure> {
    let config = state.service().get_mfa_config(&caller, MfaMethod::DuoWeb).await?;
    Ok(json(StatusCode::OK, &encode(MfaMethod::DuoWeb, config)))
}
