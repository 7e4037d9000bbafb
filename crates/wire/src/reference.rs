//! References from one object to another.

use serde::{Deserialize, Serialize};

/// Another object, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// What kind of object: `IDENTITY`, `SOURCE`, `APPLICATION`, `ACCOUNT`, `PASSWORD_POLICY`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Reference {
    /// Refers to an object.
    #[must_use]
    pub fn new(kind: &str, id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), id: id.into(), name: name.into() }
    }
}
