//! What a use case can answer besides success. No HTTP here; each variant has words that may leave the service.

use std::time::Duration;

use passwright_domain::collection::CollectionFault;
use passwright_storage::StorageError;

/// Which public fact of a request is at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A required field is absent, `null` or empty.
    Missing,
    /// A value is not allowed.
    Illegal,
    /// A number or length lies outside its limits.
    OutOfBounds,
    /// An object the request names does not exist, or is not the caller's to name.
    UnknownReference,
    /// The content makes no sense here.
    Semantic,
    /// The field cannot be changed.
    Immutable,
    /// A name or an object is taken by another object.
    Taken,
    /// Another object uses this one.
    InUse,
}

/// The outcome of a use case that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request is at fault; `message` names the field and what is wrong, never a secret.
    #[error("{message}")]
    BadRequest { fault: Fault, message: String },
    /// No usable token; the text may be shown.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The token is good, but not for this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// There is no such object, or the caller may not know of it.
    #[error("not found")]
    NotFound,
    /// The state of an object does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// Too often; try again after this time.
    #[error("too many requests")]
    TooManyRequests { retry_after: Duration },
    /// The service cannot take the request now; nothing was changed.
    #[error("the service is unavailable")]
    Unavailable { retry_after: Duration, cause: String },
    /// A defect or a damaged row; the cause is for the log alone.
    #[error("internal fault")]
    Internal(String),
}

impl Error {
    pub(crate) fn bad(fault: Fault, message: impl Into<String>) -> Self {
        Self::BadRequest { fault, message: message.into() }
    }
}

/// How long a caller should wait when the database does not take writes.
const RETRY_AFTER: Duration = Duration::from_secs(5);

impl From<CollectionFault> for Error {
    fn from(fault: CollectionFault) -> Self {
        let kind = match fault {
            CollectionFault::OutOfBounds(_) => Fault::OutOfBounds,
            CollectionFault::Illegal(_) => Fault::Illegal,
        };
        Self::bad(kind, fault.to_string())
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        let with_cause = |e: &StorageError| match std::error::Error::source(e) {
            Some(cause) => format!("{e}: {cause}"),
            None => e.to_string(),
        };
        match &error {
            StorageError::Unavailable(_) | StorageError::RunAgain(_) | StorageError::Stopped => {
                Self::Unavailable { retry_after: RETRY_AFTER, cause: with_cause(&error) }
            }
            StorageError::Conflict(what) => Self::Conflict(format!("{what} conflicts with an existing object")),
            StorageError::CiphertextTaken => {
                Self::bad(Fault::Illegal, "encryptedPassword was used before by another caller or identity")
            }
            StorageError::Unstorable(why) => Self::bad(Fault::Illegal, *why),
            StorageError::LeaseLost
            | StorageError::Corrupt { .. }
            | StorageError::Statement(_)
            | StorageError::Waits
            | StorageError::Migration(_) => Self::Internal(with_cause(&error)),
        }
    }
}
