//! Audit records: who did what to whom, with what outcome. Never a secret.

use std::net::IpAddr;

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
    /// Where the request came from; `None` for what no request asked for.
    pub address: Option<IpAddr>,
    /// Further facts, as plain text.
    pub detail: String,
}

/// Which request something was done for: its name in answers and logs, and the address it came from, as far as that is known.
/// Forwarded headers count in it from the operator's proxies only (requirement R23).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    pub id: String,
    pub address: Option<IpAddr>,
}

impl From<&Trace> for Trace {
    fn from(trace: &Trace) -> Self {
        trace.clone()
    }
}

/// Of what no request from elsewhere asked for.
impl From<&str> for Trace {
    fn from(id: &str) -> Self {
        Self { id: id.to_owned(), address: None }
    }
}

impl From<&String> for Trace {
    fn from(id: &String) -> Self {
        Self::from(id.as_str())
    }
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
