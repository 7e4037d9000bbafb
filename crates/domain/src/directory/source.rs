use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{PolicyId, SourceId};

/// What a source can do; the names are the wire's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Feature {
    Password,
    CurrentPassword,
    Unlock,
    Enable,
    Authenticate,
    Provisioning,
}

/// A policy assigned to a source: for everyone (`selectors` is `None`) or for identities with these attribute values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyHolder {
    pub policy_id: PolicyId,
    pub selectors: Option<Vec<(String, String)>>,
}

/// A connected system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub id: SourceId,
    /// The display name; look-ups use its canonical form.
    pub name: String,
    pub description: String,
    pub features: BTreeSet<Feature>,
    /// The connector's settings as JSON; `None` for the built-in source that holds the sign-in passwords.
    pub connector: Option<String>,
    /// The service credential, sealed; only the vault opens it.
    pub sealed_credential: Option<String>,
    pub policy_holders: Vec<PolicyHolder>,
}

impl Source {
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        self.connector.is_none()
    }
}
