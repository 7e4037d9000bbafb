//! Sources: the connected systems, and the built-in one. `apply` writes the same rows.

mod check;
mod connection;
mod create;
mod delete;
mod draft;
mod get;
mod list;
mod patch;
mod put;
mod save;
mod shown;
mod wanted;

pub use check::SourceCheck;
pub(crate) use check::told;
pub use draft::{DraftCheck, DraftCredential};
pub use list::SourceListing;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A source as it is given and shown; the names are the wire's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SourceFields {
    pub id: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub owner: Option<Reference>,
    pub schemas: Option<Vec<Reference>>,
    pub password_policies: Option<Vec<Reference>>,
    pub features: Option<Vec<String>>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The kind of connector, as `apply` files name it.
    pub connector: Option<String>,
    pub connector_class: Option<String>,
    /// The connector's settings, as `apply` files have them; `password` is the service credential and is never shown.
    pub connector_attributes: Option<Map<String, Value>>,
    pub authoritative: Option<bool>,
    pub healthy: Option<bool>,
    pub status: Option<String>,
    /// When its connection was checked last; RFC 3339.
    pub since: Option<String>,
    pub connector_name: Option<String>,
    pub connection_type: Option<String>,
    /// RFC 3339.
    pub created: Option<String>,
    /// RFC 3339.
    pub modified: Option<String>,
    pub credential_provider_enabled: Option<bool>,
}

/// Another object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reference {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub id: Option<String>,
    pub name: Option<String>,
}

/// The key of the service credential among the connector's settings.
pub const CREDENTIAL: &str = "password";
