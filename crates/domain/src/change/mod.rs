//! A password change: one accepted request, and its targets: one account each.

mod conclude;
mod fan_out;
mod listed;
mod outside;
mod states;
mod target;

pub use conclude::{Conclusion, INVALID_PAYLOAD, SUPERSEDED, TargetOutcome, conclude, released_at};
pub use fan_out::{FanOut, Opacity, WriteOrder, fan_out};
pub use listed::{ACTIVITY_TYPE, PasswordChangeKey, PasswordChanges};
pub use outside::{CHANGED_OUTSIDE, MEASURED, NO_TIME_TOLD, PasswordTimes, UNMEASURED};
pub use states::{ChangeState, EndReason, TargetState};
pub use target::{Lane, NewChange, NewTarget, OpenTarget, PayloadKind, SealedPayload};
