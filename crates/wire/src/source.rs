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
