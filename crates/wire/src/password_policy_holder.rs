//! The policies of a source: `/sources/{id}/password-policies`.

use serde::{Deserialize, Serialize};

/// One policy of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordPolicyHolder {
    /// 32 hex digits.
    pub policy_id: Option<String>,
    /// The policy's name; read-only.
    pub policy_name: Option<String>,
    /// For whom; absent: for everyone.
    pub selectors: Option<PasswordPolicySelectors>,
}

/// Attribute values that must all match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordPolicySelectors {
    /// Absent or empty: everyone.
    pub identity_attr: Option<Vec<IdentityAttribute>>,
}

/// An attribute of an identity and its value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityAttribute {
    /// Compared exactly.
    pub name: Option<String>,
    /// Compared without regard to case.
    pub value: Option<String>,
}
