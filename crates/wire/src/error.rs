//! The three error shapes of the API: one for most statuses, one for 401, one for 429.

use serde::{Deserialize, Serialize};

use crate::decode::null_as_default;
use crate::error_code::ErrorCode;

/// Error body of every status but 401 and 429. All four keys are always sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorResponseDto {
    /// Stable code, such as `400.1 Bad Request Content`; see [`ErrorCode`].
    #[serde(default, deserialize_with = "null_as_default")]
    pub detail_code: String,
    /// Id under which the server logged the request, 32 hex digits.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tracking_id: String,
    /// The generic reason.
    #[serde(default, deserialize_with = "null_as_default")]
    pub messages: Vec<ErrorMessageDto>,
    /// What exactly was wrong.
    #[serde(default, deserialize_with = "null_as_default")]
    pub causes: Vec<ErrorMessageDto>,
}

impl ErrorResponseDto {
    /// The body for a code, with its generic text and without causes.
    #[must_use]
    pub fn new(code: ErrorCode, tracking_id: impl Into<String>) -> Self {
        Self {
            detail_code: code.detail_code().to_owned(),
            tracking_id: tracking_id.into(),
            messages: vec![ErrorMessageDto::english(code.text())],
            causes: Vec::new(),
        }
    }

    /// Adds a specific reason, in English.
    #[must_use]
    pub fn with_cause(mut self, text: impl Into<String>) -> Self {
        self.causes.push(ErrorMessageDto::english(text));
        self
    }
}

/// One text of an error body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorMessageDto {
    /// Language of the text, a BCP 47 tag.
    pub locale: Option<String>,
    /// Where the language was taken from.
    pub locale_origin: Option<LocaleOrigin>,
    /// The text.
    #[serde(default, deserialize_with = "null_as_default")]
    pub text: String,
}

impl ErrorMessageDto {
    /// A text in the default language, `en-US`.
    #[must_use]
    pub fn english(text: impl Into<String>) -> Self {
        Self { locale: Some("en-US".to_owned()), locale_origin: Some(LocaleOrigin::Default), text: text.into() }
    }
}

/// Where the language of an error text was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LocaleOrigin {
    /// The server's default.
    Default,
    /// The request's `Accept-Language`.
    Request,
    /// A value this version does not know; never sent.
    #[serde(other)]
    Unknown,
}

/// Body of a 401.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnauthorizedBody {
    /// Why the token was refused, or that there was none.
    pub error: String,
}

/// Body of a 429; the header `Retry-After` says how many seconds to wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooManyRequestsBody {
    /// The text of [`Default`], spaces included.
    pub message: String,
}

impl Default for TooManyRequestsBody {
    fn default() -> Self {
        Self { message: " Rate Limit Exceeded ".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_json_has_all_four_keys() {
        let id = "b21b1f7ce4da4d639f2c62a57171b427";
        assert_eq!(
            serde_json::to_string(&ErrorResponseDto::new(ErrorCode::Forbidden, id)).unwrap(),
            concat!(
                r#"{"detailCode":"403 Forbidden","trackingId":"b21b1f7ce4da4d639f2c62a57171b427","messages":[{"locale":"en-US","#,
                r#""localeOrigin":"DEFAULT","text":"The server understood the request but refuses to authorize it."}],"causes":[]}"#
            )
        );
        let body = ErrorResponseDto::new(ErrorCode::BadRequestContent, id).with_cause("the source is unknown");
        assert_eq!(body.causes, [ErrorMessageDto::english("the source is unknown")]);
    }

    #[test]
    fn foreign_error_bodies_are_read() {
        let sparse = r#"{"detailCode":"400.1 Bad Request Content","messages":[{"text":"x","localeOrigin":"OTHER"}]}"#;
        let body: ErrorResponseDto = serde_json::from_str(sparse).unwrap();
        assert_eq!(body.messages[0].locale_origin, Some(LocaleOrigin::Unknown));
        assert!(body.causes.is_empty());
    }

    #[test]
    fn the_two_other_shapes() {
        let unauthorized = UnauthorizedBody { error: "JWT validation failed: JWT is expired".into() };
        assert_eq!(
            serde_json::to_string(&unauthorized).unwrap(),
            r#"{"error":"JWT validation failed: JWT is expired"}"#
        );
        let limited = serde_json::to_string(&TooManyRequestsBody::default()).unwrap();
        assert_eq!(limited, r#"{"message":" Rate Limit Exceeded "}"#);
    }
}
