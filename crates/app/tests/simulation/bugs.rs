//! Defects planted beside the product's code, to show that the invariants would find them.

use crate::plan::Histories;

/// One planted defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bug {
    /// A newer change supersedes older ones the moment it is accepted, before its payload was opened.
    SupersedeAtAccept,
    /// A newer change supersedes older ones when its write is begun, before its first system took it.
    SupersedeAtBegin,
    /// A write begins without the look for a newer one.
    NoNewestCheck,
    /// A lane's fence is not compared.
    NoFenceCheck,
    /// An answer is given when a write was handed over, before it was synced.
    AnswerBeforeSync,
    /// The payload is erased when the write begins, not with the end of the change.
    EraseAtBegin,
    /// The payload of a failed change stays.
    KeepPayload,
    /// A write begins although an older attempt may still reach the system.
    NoUnresolvedWindow,
    /// A begun write leaves no trace, so after a crash nobody knows of it.
    ForgetMaybeWritten,
    /// The other targets are due from the start.
    ReleaseOthersAtAccept,
    /// The other targets are released although the first one is still to be retried.
    ReleaseOthersAtRetry,
    /// The other targets are written although the first system refused.
    OthersGoOnAfterRefusal,
    /// Each retry counts as made just now, so that trying never ends.
    RetryForEver,
    /// Leases outlive the process that held them.
    LeasesOutliveProcess,
    /// A claim takes lanes that another worker holds.
    ClaimIgnoresLeases,
    /// A change is finished as soon as its first target is confirmed.
    FinishAtFirstConfirmed,
    /// A write is taken for proved without asking.
    ProofAlwaysHolds,
    /// An invalid payload is written as it is.
    InvalidPayloadIsWritten,
    /// A claim does not tell when the password had last been changed at the last attempt.
    ForgetWhatWasSeen,
    /// A system's answer when a password was last changed is kept and given for ever.
    OutsideChangesAreNotSeen,
    /// A connector makes its write on a task of its own, which goes on after the worker stopped waiting.
    WriteOutlivesDeadline,
    /// Which of two attempts came first is told by the clock.
    AttemptsOrderedByClock,
    /// What waits in a restored queue goes on by itself.
    RestoredAtOnce,
    /// What is released after a restore is taken for never written.
    ReleaseWithoutDoubt,
}

impl Bug {
    /// The histories in which it shows.
    pub(crate) fn histories(self) -> Histories {
        match self {
            Self::NoFenceCheck | Self::WriteOutlivesDeadline => Histories::Contended,
            Self::AttemptsOrderedByClock => Histories::ClockSetBack,
            Self::ReleaseWithoutDoubt => Histories::Restored,
            _ => Histories::All,
        }
    }

    pub(crate) const ALL: [Self; 24] = [
        Self::SupersedeAtAccept,
        Self::SupersedeAtBegin,
        Self::NoNewestCheck,
        Self::NoFenceCheck,
        Self::AnswerBeforeSync,
        Self::EraseAtBegin,
        Self::KeepPayload,
        Self::NoUnresolvedWindow,
        Self::ForgetMaybeWritten,
        Self::ReleaseOthersAtAccept,
        Self::ReleaseOthersAtRetry,
        Self::OthersGoOnAfterRefusal,
        Self::RetryForEver,
        Self::LeasesOutliveProcess,
        Self::ClaimIgnoresLeases,
        Self::FinishAtFirstConfirmed,
        Self::ProofAlwaysHolds,
        Self::InvalidPayloadIsWritten,
        Self::ForgetWhatWasSeen,
        Self::OutsideChangesAreNotSeen,
        Self::WriteOutlivesDeadline,
        Self::AttemptsOrderedByClock,
        Self::RestoredAtOnce,
        Self::ReleaseWithoutDoubt,
    ];
}
