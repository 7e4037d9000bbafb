//! The policies of a source: one for everyone, and exceptions for identities with certain attribute values. The first
//! exception that matches is in force.

mod list;
mod update;

/// One policy of a source, as it is given and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPolicyHolder {
    pub policy_id: String,
    pub policy_name: Option<String>,
    /// Attribute names and values that must all match; `None`: for everyone.
    pub selectors: Option<Vec<(String, String)>>,
}
