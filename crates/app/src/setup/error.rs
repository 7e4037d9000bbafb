//! What can be wrong with a set-up document. No message repeats a secret.

use crate::Error;

/// Why a document was not applied; nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The text is not of the form of a document.
    #[error("{}{message}", at.map(|(line, column)| format!("line {line}, column {column}: ")).unwrap_or_default())]
    Document { at: Option<(usize, usize)>, message: String },
    /// An object cannot be what the document says. `object` is its kind and name, as in `source "CRM"`.
    #[error("{}{object}: {field}: {message}", line.map(|line| format!("line {line}: ")).unwrap_or_default())]
    Object { line: Option<usize>, object: String, field: &'static str, message: String },
    /// The database or a key is at fault, not the document.
    #[error(transparent)]
    Service(#[from] Error),
}

impl SetupError {
    /// Whether the document is at fault.
    #[must_use]
    pub fn is_in_document(&self) -> bool {
        !matches!(self, Self::Service(Error::Unavailable { .. } | Error::Internal(_)))
    }
}

impl From<passwright_storage::StorageError> for SetupError {
    fn from(error: passwright_storage::StorageError) -> Self {
        Self::Service(error.into())
    }
}
