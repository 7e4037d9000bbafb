//! Answers about sources: `/sources`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a check of a source's connection found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusResponse {
    /// The source's id.
    pub id: String,
    /// The source's name.
    pub name: String,
    /// How the check ended.
    pub status: CheckStatus,
    /// Milliseconds the check took.
    pub elapsed_millis: i64,
    /// Empty after a success; otherwise `class`, `reason` and `detail` of the fault.
    pub details: Value,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CheckStatus {
    /// The source answered and took the service account.
    Success,
    /// It did not; the details say why.
    Failure,
}

/// What stands for a deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskResult {
    /// `TASK_RESULT`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id of its audit record.
    pub id: String,
    /// Always `null`.
    pub name: Option<String>,
}
