use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::access::Level;
use crate::ids::IdentityId;

/// Whether an identity may act. A disabled identity's tokens are refused; its passwords can still be set for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IdentityStatus {
    Active,
    Disabled,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub id: IdentityId,
    /// The login name as written; look-ups use its canonical form.
    pub alias: String,
    pub name: String,
    pub email: Option<String>,
    pub status: IdentityStatus,
    pub levels: BTreeSet<Level>,
    /// Attributes such as `firstname`; the policy's identity-attribute rules and selectors read them.
    pub attributes: BTreeMap<String, String>,
}
