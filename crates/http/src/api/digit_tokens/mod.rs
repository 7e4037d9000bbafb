//! Digit tokens: made in the compatible API, verified in the native one.

mod create_digit_token;
mod verify_digit_token;

pub(crate) use create_digit_token::create_digit_token;
pub(crate) use verify_digit_token::verify_digit_token;
