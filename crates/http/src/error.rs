//! The one place that turns what went wrong into a status and a body: `ErrorResponseDto`, but `{"error"}` for 401,
//! `{"message"}` for 429, and the form of RFC 6749 section 5.2 for a token that is refused. Every match is exhaustive.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use passwright_app::oauth::TokenFault;
use passwright_app::{Error, Fault, Listing};
use passwright_wire::oauth::{OAuthError, OAuthErrorCode};
use passwright_wire::{ErrorCode, ErrorResponseDto, InvalidBody, TooManyRequestsBody, UnauthorizedBody};
use serde::Serialize;

/// The content type of every JSON answer; never a `+json` type, which the SDKs do not read.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

const TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");

/// How long a caller should wait after its request took too long.
const RETRY_AFTER_TIME_OUT: Duration = Duration::from_secs(5);

/// Why a request has no success to answer with.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A use case refused or failed.
    App(Error),
    /// The token endpoint refused or failed.
    Token(TokenFault),
    /// The JSON body does not read.
    Body(InvalidBody),
    /// The connection broke off inside the body, or its chunks are malformed.
    BrokenBody,
    /// The body is longer than is read.
    BodyTooLarge,
    /// The body's content type or encoding is not taken.
    MediaType(&'static str),
    /// No route has this path.
    NoSuchPath,
    /// The path has no such method.
    NoSuchMethod,
    /// A handler panicked.
    Panicked,
    /// The request took too long.
    TimedOut,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

impl From<TokenFault> for Failure {
    fn from(fault: TokenFault) -> Self {
        Self::Token(fault)
    }
}

impl From<InvalidBody> for Failure {
    fn from(body: InvalidBody) -> Self {
        Self::Body(body)
    }
}

/// Carries a failure from a handler or an extractor to the exchange, which knows the tracking id.
#[derive(Clone)]
struct Carried(Arc<Failure>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(Carried(Arc::new(self)));
        response
    }
}

/// The failure a response stands for.
pub(crate) fn take_failure(response: &mut Response) -> Option<Arc<Failure>> {
    response.extensions_mut().remove::<Carried>().map(|Carried(failure)| failure)
}

impl Failure {
    /// Logs what the answer does not say.
    pub(crate) fn log(&self, tracking_id: &str) {
        match self {
            Self::App(error) | Self::Token(TokenFault::Service(error)) => match error {
                Error::Internal(cause) => tracing::error!(tracking.id = tracking_id, cause, "an internal fault"),
                Error::Unavailable { cause, .. } => {
                    tracing::error!(tracking.id = tracking_id, cause, "the service is unavailable");
                }
                Error::BadRequest { .. }
                | Error::Unauthenticated(_)
                | Error::Forbidden(_)
                | Error::NotFound
                | Error::Conflict(_)
                | Error::TooManyRequests { .. } => {}
            },
            // Its message is not repeated: it may hold what the request held.
            Self::Panicked => tracing::error!(tracking.id = tracking_id, "a handler panicked"),
            Self::TimedOut => tracing::error!(tracking.id = tracking_id, "a request took too long"),
            Self::Token(
                TokenFault::InvalidRequest(_)
                | TokenFault::InvalidClient
                | TokenFault::InvalidGrant(_)
                | TokenFault::UnsupportedTokenType
                | TokenFault::UnauthorizedClient
                | TokenFault::UnsupportedGrantType,
            )
            | Self::Body(_)
            | Self::BrokenBody
            | Self::BodyTooLarge
            | Self::MediaType(_)
            | Self::NoSuchPath
            | Self::NoSuchMethod => {}
        }
    }

    /// The answer.
    pub(crate) fn render(&self, tracking_id: &str) -> Response {
        let plain = |code| coded(code, tracking_id, None);
        let because = |code, cause: &str| coded(code, tracking_id, Some(cause));
        match self {
            Self::App(error) => app(error, tracking_id),
            Self::Token(fault) => token(fault, tracking_id),
            Self::Body(body) => because(body_code(body), &body.to_string()),
            Self::BrokenBody => because(ErrorCode::BadRequestContent, "the request body could not be read"),
            Self::BodyTooLarge => plain(ErrorCode::ContentTooLarge),
            Self::MediaType(cause) => because(ErrorCode::UnsupportedMediaType, cause),
            Self::NoSuchPath => plain(ErrorCode::NotFound),
            Self::NoSuchMethod => plain(ErrorCode::MethodNotAllowed),
            Self::Panicked => plain(ErrorCode::InternalFault),
            Self::TimedOut => with_retry_after(plain(ErrorCode::ServiceUnavailable), RETRY_AFTER_TIME_OUT),
        }
    }
}

fn app(error: &Error, tracking_id: &str) -> Response {
    let plain = |code| coded(code, tracking_id, None);
    let because = |code, cause: &str| coded(code, tracking_id, Some(cause));
    match error {
        Error::BadRequest { fault, message } => {
            let code = match fault {
                Fault::Missing => ErrorCode::RequiredDataMissing,
                Fault::Illegal => ErrorCode::IllegalValue,
                Fault::OutOfBounds => ErrorCode::LimitViolation,
                Fault::UnknownReference => ErrorCode::ReferencedObjectNotFound,
                Fault::Semantic => ErrorCode::BadRequestContent,
                Fault::Immutable => ErrorCode::IllegalUpdateAttempt,
                Fault::Taken => ErrorCode::ReferenceConflict,
                Fault::InUse => ErrorCode::ObjectInUse,
            };
            because(code, message)
        }
        Error::Unauthenticated(why) => unauthorized(&UnauthorizedBody { error: (*why).to_owned() }),
        Error::Forbidden(why) => because(ErrorCode::Forbidden, why),
        Error::NotFound => plain(ErrorCode::NotFound),
        Error::Conflict(what) => because(ErrorCode::Conflict, what),
        Error::TooManyRequests { retry_after } => {
            with_retry_after(json(StatusCode::TOO_MANY_REQUESTS, &TooManyRequestsBody::default()), *retry_after)
        }
        Error::Unavailable { retry_after, .. } => with_retry_after(plain(ErrorCode::ServiceUnavailable), *retry_after),
        Error::Internal(_) => plain(ErrorCode::InternalFault),
    }
}

/// RFC 6749 section 5.2; what is not about the token request itself has the shape it has everywhere.
fn token(fault: &TokenFault, tracking_id: &str) -> Response {
    let body = |error| OAuthError { error, error_description: Some(fault.to_string()) };
    match fault {
        TokenFault::InvalidRequest(_) => json(StatusCode::BAD_REQUEST, &body(OAuthErrorCode::InvalidRequest)),
        TokenFault::InvalidClient => unauthorized(&body(OAuthErrorCode::InvalidClient)),
        TokenFault::InvalidGrant(_) => json(StatusCode::BAD_REQUEST, &body(OAuthErrorCode::InvalidGrant)),
        TokenFault::UnsupportedTokenType => json(StatusCode::BAD_REQUEST, &body(OAuthErrorCode::UnsupportedTokenType)),
        TokenFault::UnauthorizedClient => json(StatusCode::BAD_REQUEST, &body(OAuthErrorCode::UnauthorizedClient)),
        TokenFault::UnsupportedGrantType => json(StatusCode::BAD_REQUEST, &body(OAuthErrorCode::UnsupportedGrantType)),
        TokenFault::Service(error) => app(error, tracking_id),
    }
}

fn body_code(body: &InvalidBody) -> ErrorCode {
    match body {
        InvalidBody::Syntax { .. } | InvalidBody::NotAnObject | InvalidBody::NotAnArray => ErrorCode::BadRequestContent,
        InvalidBody::Missing { .. } => ErrorCode::RequiredDataMissing,
        InvalidBody::Duplicate { .. } | InvalidBody::WrongType { .. } => ErrorCode::IllegalValue,
    }
}

fn coded(code: ErrorCode, tracking_id: &str, cause: Option<&str>) -> Response {
    let mut body = ErrorResponseDto::new(code, tracking_id);
    if let Some(cause) = cause {
        body = body.with_cause(cause);
    }
    json(StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &body)
}

fn unauthorized(body: &impl Serialize) -> Response {
    let mut response = json(StatusCode::UNAUTHORIZED, body);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// Whole seconds (RFC 9110 section 10.2.3), rounded up, at least 1: who waits that long is not refused for the same reason.
fn with_retry_after(mut response: Response, wait: Duration) -> Response {
    let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// An answer with a JSON body.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(text) => (status, [(CONTENT_TYPE, JSON)], text).into_response(),
        Err(e) => Failure::App(Error::Internal(format!("answer: {e}"))).into_response(),
    }
}

/// A part of a collection, with `X-Total-Count` when that was asked for.
pub(crate) fn listing<T: Serialize>(listing: &Listing<T>) -> Response {
    let mut response = json(StatusCode::OK, &listing.items);
    if let Some(total) = listing.total {
        response.headers_mut().insert(TOTAL_COUNT, HeaderValue::from(total));
    }
    response
}

#[cfg(test)]
mod tests;
