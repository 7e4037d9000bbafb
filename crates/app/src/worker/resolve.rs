//! From what a system answered to what becomes of the target.

use std::time::Duration;

use passwright_connectors::{Fault, FaultClass, Proof, Written};
use passwright_domain::change::{CHANGED_OUTSIDE, OpenTarget, TargetState};
use passwright_domain::retry::next_attempt;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::{Resolution, Seen};

/// How long a write may be under way whose connection is gone.
const LOST: Duration = Duration::from_secs(6);

/// What the attempt met.
pub(crate) enum Met {
    /// Written, and the proof was asked for.
    Written(Result<Proof, Fault>, Seen),
    /// Not written, or not known to be.
    Fault(Fault),
    /// No answer in time after the password was sent: the system may still carry it out.
    TimedOut(Fault),
    /// Nothing went wrong at the system, and the outcome is not known yet.
    Undecided(String, Seen),
    /// Somebody else changed the password since the change was accepted.
    ChangedOutside,
}

impl Met {
    pub(crate) fn proved() -> Self {
        Self::Written(Ok(Proof::Proved), Seen::AsBefore)
    }

    pub(crate) fn not_provable(why: String) -> Self {
        Self::Written(Ok(Proof::NotProvable(why)), Seen::AsBefore)
    }

    /// Written, or perhaps written before; no sign-in was tried.
    pub(crate) fn unproved(why: &str, seen: Seen) -> Self {
        Self::Undecided(why.to_owned(), seen)
    }

    /// The password has changed and does not sign in, and our own earlier write may be what changed it.
    pub(crate) fn unsettled() -> Self {
        let why = "it is not known yet whether the earlier attempt reached the system";
        Self::Undecided(why.to_owned(), Seen::AsBefore)
    }

    /// How long the attempt may still reach the system; `None` when its outcome is known.
    pub(crate) fn unresolved_for(&self, late_writes: Duration) -> Option<Duration> {
        match self {
            Self::TimedOut(_) => Some(late_writes),
            Self::Fault(fault) if fault.written == Written::Unknown => Some(LOST),
            Self::Fault(_) | Self::Written(..) | Self::Undecided(..) | Self::ChangedOutside => None,
        }
    }

    /// What went wrong, if something did.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) | Self::TimedOut(fault) | Self::Written(Err(fault), _) => Some(fault),
            Self::Written(Ok(_), _) | Self::Undecided(..) | Self::ChangedOutside => None,
        }
    }
}

/// Decides. `jitter` spreads retries.
pub(crate) fn resolve(target: &OpenTarget, met: Met, now: Timestamp, jitter: u16) -> Resolution {
    let retry = |reason: String, maybe_written: bool, seen: Seen| {
        let attempt = u32::try_from(target.attempts).unwrap_or(u32::MAX);
        match next_attempt(attempt, target.accepted_at, now, jitter) {
            Some(at) => {
                // A write that may have happened before does not unhappen.
                let maybe_written = maybe_written || target.maybe_written;
                Resolution::Retry { at, reason, maybe_written, attempts: target.attempts, seen }
            }
            None => Resolution::Ended(TargetState::Failed, format!("{reason}; given up after 24 hours")),
        }
    };
    match met {
        Met::Written(Ok(Proof::Proved), _) => Resolution::Confirmed(TargetState::Proved, String::new()),
        Met::Written(Ok(Proof::NotProvable(why)), _) => Resolution::Confirmed(TargetState::Confirmed, why),
        Met::Written(Ok(Proof::Rejected), seen) => {
            retry("the system took the password but does not sign in with it yet".to_owned(), true, seen)
        }
        Met::Written(Err(fault), seen) => retry(fault.reason, true, seen),
        Met::TimedOut(fault) => retry(fault.reason, true, Seen::AsBefore),
        Met::Undecided(why, seen) => retry(why, true, seen),
        Met::ChangedOutside => Resolution::Ended(TargetState::Failed, CHANGED_OUTSIDE.to_owned()),
        Met::Fault(fault) => match fault.class {
            FaultClass::Transient | FaultClass::Configuration => {
                retry(fault.reason, fault.written == Written::Unknown, Seen::AsBefore)
            }
            FaultClass::Refused => Resolution::Ended(TargetState::Refused, fault.reason),
            FaultClass::Permanent => Resolution::Ended(TargetState::Failed, fault.reason),
        },
    }
}
