use crate::ids::{PasswordGroupId, PolicyId, SourceId};

/// A password sync group: sources that share one password. A source is in one group at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordGroup {
    pub id: PasswordGroupId,
    pub name: String,
    pub policy_id: Option<PolicyId>,
    /// In order; the first is written first.
    pub source_ids: Vec<SourceId>,
}
