//! Sources and answers about them: `/sources`.
//!
//! The type that may hold a credential does not show it in `Debug`.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::reference::Reference;

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

/// A source, for clients. In a request, what the server gives itself is not read.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Source {
    /// 32 hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Unique.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whose it is; needed to make one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Reference>,
    /// The kind of connector.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector: Option<String>,
    /// The connector's settings; `password` is the service credential, which goes in and never comes out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_attributes: Option<Map<String, Value>>,
    /// What can be done with it, such as `PASSWORD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub features: Option<Vec<String>>,
    /// Whether its last check found it well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthy: Option<bool>,
    /// The other fields of SailPoint's `Source`, sent back as they came.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// Answer of `load-accounts`: a task that has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadAccountsTask {
    /// It has begun.
    pub success: bool,
    /// What has begun.
    pub task: LoadAccountsTaskBody,
}

/// The task; the names are the vendor's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadAccountsTaskBody {
    /// 32 hex digits; `/api/v1/aggregations/{id}` tells how far it is.
    pub id: String,
    /// `QUARTZ`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What such a task is called.
    pub name: String,
    /// The same in a sentence.
    pub description: String,
    /// Who started it.
    pub launcher: String,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub launched: Option<String>,
    /// RFC 3339; `null`, as it has just begun.
    pub completed: Option<String>,
    /// `null`, as it has just begun.
    pub completion_status: Option<String>,
    /// Always `null`.
    pub parent_name: Option<String>,
    /// Always empty.
    pub messages: Vec<Value>,
    /// What it does.
    pub progress: Option<String>,
    /// `appId`, the source, and `optimizedAggregation`, `enabled` or `disabled`.
    pub attributes: Value,
    /// What is counted.
    pub returns: Vec<LoadAccountsReturn>,
}

/// One count of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadAccountsReturn {
    /// The vendor's label.
    pub display_label: String,
    /// The vendor's name.
    pub attribute_name: String,
}
