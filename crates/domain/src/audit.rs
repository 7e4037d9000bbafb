//! Audit records: who did what to whom, with what outcome. Never a secret.

use crate::timestamp::Timestamp;

/// One record, written in the transaction of its effect. Event names follow the vendor's audit vocabulary where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Grows with time: the microseconds in hex, then random digits.
    pub id: String,
    pub at: Timestamp,
    /// The acting party, `Caller::actor`, or `system:worker`.
    pub actor: String,
    pub event: &'static str,
    /// What it was done to: `identity:…`, `change:…`, `client:…`.
    pub object: String,
    pub outcome: Outcome,
    pub tracking_id: String,
    /// Further facts, as plain text.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed,
    Refused,
}

impl Outcome {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}
