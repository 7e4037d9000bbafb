//! How far the reading of accounts is: `/api/v1/aggregations`.

use serde::{Deserialize, Serialize};

/// One reading of the accounts of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Aggregation {
    /// The `task.id` that `load-accounts` answered.
    pub id: String,
    /// The source that is read.
    pub source_id: String,
    /// Its name.
    pub source_name: String,
    /// `identity:…` or `client:…`.
    pub started_by: String,
    /// Accounts that did not change were left alone.
    pub optimized: bool,
    /// `RUNNING`, `COMPLETED`, `HELD` (read, but too much is gone to remove it without a word), `FAILED` or `INTERRUPTED`.
    pub state: String,
    /// Why it ended without success.
    pub reason: Option<String>,
    /// Accounts that were known when it began.
    pub known: u64,
    /// Accounts read so far.
    pub read: u64,
    /// Accounts that were new.
    pub created: u64,
    /// Accounts that had changed.
    pub changed: u64,
    /// Accounts that were gone and were removed; when `HELD`, those that would be.
    pub removed: u64,
    /// Accounts read that belong to nobody.
    pub uncorrelated: u64,
    /// Identities that an authoritative source made.
    pub identities_created: u64,
    /// Identities that an authoritative source changed.
    pub identities_changed: u64,
    /// RFC 3339.
    pub started_at: String,
    /// RFC 3339; `null` while it runs.
    pub ended_at: Option<String>,
}
