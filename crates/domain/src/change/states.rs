//! States of a change and of a target, and their names in the database and the native API.

use serde::{Deserialize, Serialize};

/// A change as the wire shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeState {
    InProgress,
    Finished,
    Failed,
}

/// Why a change ended in `Failed`; decides whether its end is shown at once (design: a failure that only the
/// decrypted payload can show is released on a fixed time grid).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Every target confirmed.
    Confirmed,
    /// The payload is not a password.
    Payload,
    /// The password breaks the policy.
    Policy,
    /// A target refused, failed for good or ran out of time.
    Target,
    /// A newer change took its place.
    Superseded,
}

/// One account inside a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetState {
    Waiting,
    Checking,
    /// A write was begun; until it is resolved the source may or may not hold the new password.
    Writing,
    /// Written; the proof is outstanding.
    Written,
    Retrying,
    Proved,
    /// Written, and this source cannot show a sign-in.
    Confirmed,
    Refused,
    Failed,
    Superseded,
    NotAttempted,
}

macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// The name in the database.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Reads a name from the database.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

names!(ChangeState { InProgress = "IN_PROGRESS", Finished = "FINISHED", Failed = "FAILED" });
names!(EndReason {
    Confirmed = "confirmed",
    Payload = "payload",
    Policy = "policy",
    Target = "target",
    Superseded = "superseded",
});
names!(TargetState {
    Waiting = "waiting",
    Checking = "checking",
    Writing = "writing",
    Written = "written",
    Retrying = "retrying",
    Proved = "proved",
    Confirmed = "confirmed",
    Refused = "refused",
    Failed = "failed",
    Superseded = "superseded",
    NotAttempted = "not_attempted",
});

impl TargetState {
    /// Nothing more will happen to the target.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Waiting | Self::Checking | Self::Writing | Self::Written | Self::Retrying => false,
            Self::Proved | Self::Confirmed | Self::Refused | Self::Failed | Self::Superseded | Self::NotAttempted => {
                true
            }
        }
    }

    /// The source holds the new password.
    #[must_use]
    pub fn is_confirmed(self) -> bool {
        matches!(self, Self::Proved | Self::Confirmed)
    }
}

impl EndReason {
    /// Whether the end of a change sent under RSA is released on the time grid instead of at once.
    #[must_use]
    pub fn is_released_on_grid(self) -> bool {
        matches!(self, Self::Payload | Self::Policy)
    }
}
