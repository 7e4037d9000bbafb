//! Changes that are held after the database was restored: `/api/v1/held-changes`.

use serde::{Deserialize, Serialize};

/// Body of `POST /api/v1/held-changes/release` and `…/cancel`: either ids or `all`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldChangesRequest {
    /// Ids of changes, 1 to 1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_ids: Option<Vec<String>>,
    /// The oldest thousand that are held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<bool>,
}

/// Answer: how many were released or cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldChangesResponse {
    /// Less than were asked for when some are not held any more.
    pub count: u64,
}
