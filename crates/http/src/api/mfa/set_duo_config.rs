//! `PUT /mfa/duo-web/config`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::mfa::MfaMethod;
use passwright_wire::mfa::MfaConfiguration;

use super::encode::{decode, encode};
use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

pub(crate) async fn set_duo_config(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(config): JsonBody<MfaConfiguration>,
) -> Result<Response, Failure> {
    let wanted = decode(MfaMethod::DuoWeb, config)?;
    let config = state.service().set_mfa_config(&caller, MfaMethod::DuoWeb, wanted).await?;
    Ok(json(StatusCode::OK, &encode(MfaMethod::DuoWeb, config)))
}
