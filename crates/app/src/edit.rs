//! Changes of an object: one write that looks, decides and changes. What it refuses it refuses before it has written
//! anything, because a refusal is a result and its transaction is committed.

use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::canonical::canonical;
use passwright_domain::collection::{Collection, Request, Resource};
use passwright_storage::StorageError;

use crate::{Error, Fault, Service};

/// Why a change ended: the database, or a rule.
pub(crate) enum Stop {
    Storage(StorageError),
    Refused(Error),
}

impl From<StorageError> for Stop {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// A refusal as the output of a write.
pub(crate) fn settled<T>(done: Result<T, Stop>) -> Result<Result<T, Error>, StorageError> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Refused(error)) => Ok(Err(error)),
        Err(Stop::Storage(error)) => Err(error),
    }
}

/// A part of a collection, and how many there are when that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    pub items: Vec<T>,
    pub total: Option<u64>,
}

/// The right is asked for before anything is said about the request.
pub(crate) async fn wanted<R: Resource>(
    service: &Service,
    caller: &Caller,
    right: Right,
    object: &str,
    request: &Request,
) -> Result<Collection<R>, Error> {
    service.require(caller, Action::Administer(right), object).await?;
    Ok(Collection::parse(request)?)
}

/// A name of an object: not empty, without control characters.
pub(crate) fn checked_name(field: &str, name: Option<String>) -> Result<String, Error> {
    let name = name.filter(|name| !canonical(name).is_empty());
    let name = name.ok_or_else(|| Error::bad(Fault::Missing, format!("{field} is required")))?;
    if name.chars().any(char::is_control) {
        return Err(Error::bad(Fault::Illegal, format!("{field} holds a control character")));
    }
    if name.chars().count() > MOST_NAME {
        return Err(Error::bad(Fault::OutOfBounds, format!("{field} is longer than {MOST_NAME} characters")));
    }
    Ok(name)
}

/// Longest name of an object, in characters.
const MOST_NAME: usize = 255;

impl Service {
    /// The audit record of a change by `caller`.
    pub(crate) fn changed(&self, caller: &Caller, event: &'static str, object: String, detail: &str) -> AuditRecord {
        self.audit_record(caller.actor(), event, object, Outcome::Passed, &caller.tracking_id, detail)
    }
}
