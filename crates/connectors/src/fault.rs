//! What went wrong at a source, in four classes that decide what the worker does next.

/// What the worker does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultClass {
    /// Try again on the schedule: unreachable, busy, timed out, connection lost.
    Transient,
    /// The source refused this password (its own policy); another password may pass. Final for the change.
    Refused,
    /// This account cannot take a password (missing, no right to write). Final for the change.
    Permanent,
    /// The set-up is wrong (service credential, certificate, host name). Retried, and told to the administrator.
    Configuration,
}

/// Whether the source may hold the new password although the call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Written {
    /// Certainly not written.
    No,
    /// Sent, and no answer came: only a proof can tell.
    Unknown,
}

/// One failed call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{class:?}: {reason} ({detail})")]
pub struct Fault {
    pub class: FaultClass,
    pub written: Written,
    /// One plain sentence for a person: no DN, no protocol code, no full stop.
    pub reason: String,
    /// The exact fault for the log: protocol codes and the source's own text, never a password.
    pub detail: String,
    /// The source judged the service account's credential and refused it: each further try may lock that account, so the
    /// source must not be asked again with the same credential.
    pub stops_source: bool,
}

impl Fault {
    #[must_use]
    pub fn new(class: FaultClass, reason: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { class, written: Written::No, reason: reason.into(), detail: detail.into(), stops_source: false }
    }

    /// The same fault, as the refusal of the service account's credential.
    #[must_use]
    pub fn stopping_source(mut self) -> Self {
        self.stops_source = true;
        self
    }

    /// The same fault, met after the password had been sent.
    #[must_use]
    pub fn after_sending(mut self) -> Self {
        self.written = Written::Unknown;
        self
    }
}
