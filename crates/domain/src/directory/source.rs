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
    // The others mean nothing here and are kept for those who set them.
    AccountOnlyRequest,
    AdditionalAccountRequest,
    ApplicationDiscovery,
    ArmChangelogExtract,
    ArmSecurityExtract,
    ArmUtilizationExtract,
    Composite,
    Delete,
    DirectPermissions,
    DiscoverSchema,
    GroupProvisioning,
    GroupsHaveMembers,
    ManagerLookup,
    NoAggregation,
    NoDirectPermissionsProvisioning,
    NoGroupPermissionsProvisioning,
    NoPermissionsProvisioning,
    NoRandomAccess,
    NoUnstructuredTargetsProvisioning,
    PreferUuid,
    Proxy,
    Search,
    SharepointTarget,
    SyncProvisioning,
    Template,
    UnstructuredTargets,
    UsesUuid,
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
    /// What stands for the connector of the built-in source.
    pub const BUILT_IN: &'static str = "built_in";

    #[must_use]
    pub fn is_built_in(&self) -> bool {
        self.connector.is_none()
    }

    /// The kind of its connector, as `apply` files name it.
    #[must_use]
    pub fn kind(&self) -> String {
        #[derive(Deserialize)]
        struct Tag {
            kind: String,
        }
        let Some(connector) = &self.connector else { return Self::BUILT_IN.to_owned() };
        serde_json::from_str::<Tag>(connector).map(|tag| tag.kind).unwrap_or_default()
    }
}
