//! What is wrong with the settings. No message repeats the database URL.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigFault {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path}{}: {message}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Form { path: PathBuf, line: Option<usize>, message: String },
    /// A value of the environment does not fit its key.
    #[error("environment: {0}")]
    Environment(String),
    /// A key and what is wrong with its value.
    #[error("{key}: {message}")]
    Value { key: &'static str, message: String },
}

impl ConfigFault {
    pub(crate) fn value(key: &'static str, message: impl Into<String>) -> Self {
        Self::Value { key, message: message.into() }
    }
}
