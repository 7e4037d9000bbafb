//! Account activities: `/account-activities`. Password changes are the only ones here.

use serde::{Deserialize, Serialize};

/// A password change with what became of it at each account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountActivity {
    /// The `requestId` of the change.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339; as `created`.
    pub modified: Option<String>,
    /// RFC 3339, once it has ended.
    pub completed: Option<String>,
    /// `SUCCESS`, `INCOMPLETE` or `FAILURE`, once it has ended; `PENDING` before.
    pub completion_status: Option<String>,
    /// `CloudPasswordRequest`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Who asked; none for an API client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester_identity_summary: Option<IdentitySummary>,
    /// For whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_identity_summary: Option<IdentitySummary>,
    /// Why it failed.
    pub errors: Vec<String>,
    /// Always empty.
    pub warnings: Vec<String>,
    /// One for each account.
    pub items: Vec<AccountActivityItem>,
    /// `EXECUTING` or `COMPLETED`.
    pub execution_status: String,
}

/// A person of an activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentitySummary {
    /// The identity's id.
    pub id: String,
    /// The display name.
    pub name: String,
    /// The identity's id.
    pub identity_id: String,
    /// Nothing is decided on; always true.
    pub completed: bool,
}

/// One account of an activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountActivityItem {
    /// The id of the change and the item's number in it.
    pub id: String,
    /// The account's display name.
    pub name: String,
    /// RFC 3339.
    pub requested: String,
    /// `PENDING`, `FINISHED`, `UNVERIFIABLE`, `FAILED` or `RETRY`.
    pub provisioning_status: String,
    /// `MODIFY`.
    pub operation: Option<String>,
    /// `password`.
    pub attribute: Option<String>,
    /// Never told.
    pub value: Option<String>,
    /// The name the source knows the account by.
    pub native_identity: Option<String>,
    /// The source.
    pub source_id: String,
}
