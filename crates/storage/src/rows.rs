//! Reading text columns back into their types.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StorageError;

pub(crate) fn corrupt(table: &'static str, detail: impl Into<String>) -> StorageError {
    StorageError::Corrupt { table, detail: detail.into() }
}

pub(crate) fn id<T: FromStr>(table: &'static str, text: &str) -> Result<T, StorageError> {
    text.parse().map_err(|_| corrupt(table, "an id"))
}

pub(crate) fn from_json<T: DeserializeOwned>(table: &'static str, text: &str) -> Result<T, StorageError> {
    serde_json::from_str(text).map_err(|e| corrupt(table, e.to_string()))
}

/// Serialises a value this program made; such a value has a JSON form.
pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
