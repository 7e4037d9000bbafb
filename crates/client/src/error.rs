//! What can go wrong with a call.

use std::fmt;
use std::time::Duration;

use passwright_wire::{InvalidBody, PasswordStatus, PathFamily};

use crate::configuration::ConfigurationError;
use crate::encrypt::EncryptError;

/// Why a call failed. Holds no password, secret or token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The client is not set up, or wrongly.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The token endpoint refused the credentials.
    #[error("no access token: {0}")]
    Authentication(Box<ApiError>),
    /// The server refused the call.
    #[error("{0}")]
    Api(Box<ApiError>),
    /// The server was not reached, or the connection broke.
    #[error("the server was not reached: {}", innermost(.0))]
    Transport(#[source] reqwest::Error),
    /// The request could not be put into JSON.
    #[error("the request of {operation} cannot be written")]
    Request {
        /// The operation.
        operation: &'static str,
    },
    /// The server's answer is not what the operation answers.
    #[error("the answer to {operation} cannot be read: {fault}")]
    Answer {
        /// The operation.
        operation: &'static str,
        /// What is wrong with the answer.
        #[source]
        fault: InvalidBody,
    },
    /// The server's answer is longer than the client reads.
    #[error("the answer is longer than {limit} bytes")]
    AnswerTooLong {
        /// The most the client reads, in bytes.
        limit: usize,
    },
    /// The operation does not exist under these paths.
    #[error("{operation} does not exist in {family}")]
    NotInFamily {
        /// The operation.
        operation: &'static str,
        /// The family of paths the client uses.
        family: PathFamily,
    },
    /// The text is not a request id.
    #[error("not the id of a password change")]
    InvalidRequestId,
    /// The password could not be encrypted.
    #[error(transparent)]
    Encrypt(#[from] EncryptError),
    /// The change had no final state in the time given; it goes on at the server.
    #[error("the password change is still in progress")]
    StillInProgress(Box<PasswordStatus>),
}

impl ClientError {
    /// The server's refusal, if it was one.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) | Self::Authentication(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the same call may succeed later without a change: no connection, 429, or a fault of the server.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => !error.is_builder(),
            Self::Api(error) | Self::Authentication(error) => error.status == 429 || error.status >= 500,
            _ => false,
        }
    }
}

/// The deepest cause says what happened ("connection refused"); the layers above only that it happened.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// An answer with a status that is not 2xx. Texts come from the server, control characters replaced by spaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// Stable code, such as `400.1 Bad Request Content`.
    pub detail_code: Option<String>,
    /// Id under which the server logged the call.
    pub tracking_id: Option<String>,
    /// Generic reasons.
    pub messages: Vec<String>,
    /// Specific reasons.
    pub causes: Vec<String>,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
}

impl ApiError {
    /// The reasons in one text, the specific ones if there are any.
    #[must_use]
    pub fn reason(&self) -> String {
        let texts = if self.causes.is_empty() { &self.messages } else { &self.causes };
        let texts: Vec<&str> = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        if texts.is_empty() { "the server gave no reason".to_owned() } else { texts.join("; ") }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (status {}", self.reason(), self.status)?;
        if let Some(code) = &self.detail_code {
            write!(f, ", detailCode \"{code}\"")?;
        }
        if let Some(id) = &self.tracking_id {
            write!(f, ", trackingId {id}")?;
        }
        if let Some(wait) = self.retry_after {
            write!(f, ", retry after {} s", wait.as_secs())?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_with_everything_a_report_needs() {
        let error = ApiError {
            status: 400,
            detail_code: Some("400.1 Bad Request Content".into()),
            tracking_id: Some("b21b1f7ce4da4d639f2c62a57171b427".into()),
            messages: vec!["generic".into()],
            causes: vec!["the source is unknown".into(), "and so is the user".into()],
            retry_after: None,
        };
        assert_eq!(
            ClientError::Api(error.into()).to_string(),
            "the source is unknown; and so is the user (status 400, detailCode \"400.1 Bad Request Content\", \
             trackingId b21b1f7ce4da4d639f2c62a57171b427)"
        );
        let limited = ApiError {
            status: 429,
            messages: vec![" Rate Limit Exceeded ".into()],
            retry_after: Some(Duration::from_secs(7)),
            ..ApiError::default()
        };
        assert_eq!(limited.to_string(), "Rate Limit Exceeded (status 429, retry after 7 s)");
        let silent = ApiError { status: 502, ..ApiError::default() };
        assert_eq!(silent.to_string(), "the server gave no reason (status 502)");
    }
}
