//! `POST /generate-password-reset-token/digit`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::digit_tokens::DigitTokenRequest;
use passwright_wire::{PasswordDigitToken, PasswordDigitTokenReset};

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

pub(crate) async fn create_digit_token(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<PasswordDigitTokenReset>,
) -> Result<Response, Failure> {
    let request = DigitTokenRequest {
        user_id: Some(body.user_id),
        length: body.length,
        duration_minutes: body.duration_minutes,
        reason: None,
    };
    let token = state.service().create_digit_token(&caller, request).await?;
    let answer =
        PasswordDigitToken { digit_token: token.digits.expose().to_owned(), request_id: token.request_id.into() };
    Ok(json(StatusCode::OK, &answer))
}
