//! Identities: `/identities` and `/public-identities`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::reference::Reference;

/// An identity, as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// 32 hex digits.
    pub id: String,
    /// The display name.
    pub name: String,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub modified: String,
    /// The login name.
    pub alias: String,
    /// The mail address.
    pub email_address: Option<String>,
    /// `OK`.
    pub processing_state: Option<String>,
    /// `ACTIVE` or `DISABLED`.
    pub identity_status: String,
    /// The manager; none is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager_ref: Option<Reference>,
    /// None is kept, so never.
    pub is_manager: bool,
    /// RFC 3339.
    pub last_refresh: String,
    /// Attributes; none that may be a secret.
    pub attributes: Map<String, Value>,
}

/// An identity in the newer form of `/identities/v2`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityV2 {
    /// 32 hex digits.
    pub id: String,
    /// The display name.
    pub name: String,
    /// The login name.
    pub alias: String,
    /// The mail address.
    pub email_address: Option<String>,
    /// `ACTIVE` or `DISABLED`.
    pub identity_status: String,
    /// `OK`.
    pub processing_state: Option<String>,
    /// Whether it is kept from being changed; never.
    pub protected: bool,
    /// Whether it is more than an account whose owner is not known; always.
    pub correlated: bool,
    /// Whether it is not in use.
    pub inactive: bool,
    /// None is kept, so never.
    pub is_manager: bool,
    /// Whether it may act.
    pub disabled: bool,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub modified: String,
    /// RFC 3339.
    pub last_refresh: String,
}

/// An identity, as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicIdentity {
    /// 32 hex digits.
    pub id: String,
    /// The display name.
    pub name: String,
    /// The login name.
    pub alias: String,
    /// The mail address.
    pub email: Option<String>,
    /// `Active` or `Inactive`.
    pub status: Option<String>,
    /// `ACTIVE` or `INACTIVE_SHORT_TERM`.
    pub identity_state: Option<String>,
    /// The manager; none is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<Reference>,
    /// Attributes that are shown to everybody: none.
    pub attributes: Vec<PublicIdentityAttribute>,
}

/// An attribute that everybody may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicIdentityAttribute {
    /// Its name.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// Its value.
    pub value: Option<String>,
}
