//! `POST /api/v1/digit-tokens/verify`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use passwright_app::digit_tokens::DigitTokenGuess;
use passwright_app::oauth::SecretText;
use passwright_wire::native::{DigitTokenVerification, DigitTokenVerificationResponse};

use crate::error::{Failure, json};
use crate::extract::{Authenticated, JsonBody};
use crate::state::AppState;

/// 200 for right and wrong digits alike; the body tells.
pub(crate) async fn verify_digit_token(
    State(state): State<AppState>,
    Authenticated(caller): Authenticated,
    JsonBody(body): JsonBody<DigitTokenVerification>,
) -> Result<Response, Failure> {
    let guess = DigitTokenGuess { user_id: body.user_id, digits: SecretText::new(body.digit_token) };
    let verified = state.service().verify_digit_token(&caller, guess).await?;
    let answer =
        DigitTokenVerificationResponse { verified: verified.is_some(), request_id: verified.map(String::from) };
    Ok(json(StatusCode::OK, &answer))
}
