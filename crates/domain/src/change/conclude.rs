//! When a change ends, and what its end says.

use std::time::Duration;

use super::{ChangeState, EndReason, PayloadKind, TargetState};
use crate::timestamp::Timestamp;

/// What a superseded change says.
pub const SUPERSEDED: &str = "Superseded by a newer password change";
/// What a change says whose payload is not a password.
pub const INVALID_PAYLOAD: &str = "The password change payload is invalid";
/// How long after its acceptance a failure that speaks of the decrypted payload is shown at the earliest.
const RELEASE_DELAY: Duration = Duration::from_secs(1);

/// A target as the conclusion sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetOutcome {
    pub source_name: String,
    pub state: TargetState,
    /// A plain sentence, empty when there is nothing to say.
    pub reason: String,
}

/// The end of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    pub state: ChangeState,
    pub reason: EndReason,
    pub errors: Vec<String>,
}

/// Concludes a change from its targets; `None` while one of them is open. `Finished` means every target confirmed.
#[must_use]
pub fn conclude(targets: &[TargetOutcome]) -> Option<Conclusion> {
    if targets.iter().any(|t| !t.state.is_final()) {
        return None;
    }
    if targets.iter().all(|t| t.state.is_confirmed()) {
        return Some(Conclusion { state: ChangeState::Finished, reason: EndReason::Confirmed, errors: Vec::new() });
    }
    let missed = targets.iter().filter(|t| !t.state.is_confirmed());
    if missed.clone().all(|t| t.state == TargetState::Superseded) {
        return Some(Conclusion {
            state: ChangeState::Failed,
            reason: EndReason::Superseded,
            errors: vec![SUPERSEDED.to_owned()],
        });
    }
    let errors = missed
        .map(|t| match t.state {
            TargetState::Superseded => format!("{}: {SUPERSEDED}", t.source_name),
            _ => format!("{}: {}", t.source_name, t.reason),
        })
        .collect();
    Some(Conclusion { state: ChangeState::Failed, reason: EndReason::Target, errors })
}

/// When the end of a change may be shown. A failure of an RSA change that speaks of the decrypted payload is shown on a
/// grid of whole seconds, at the earliest one second after acceptance, so that its time tells nothing of the payload.
#[must_use]
pub fn released_at(reason: EndReason, kind: &PayloadKind, accepted_at: Timestamp, ended_at: Timestamp) -> Timestamp {
    match kind {
        PayloadKind::Rsa(_) if reason.is_released_on_grid() => {
            ended_at.max(accepted_at + RELEASE_DELAY).rounded_up_to_second()
        }
        PayloadKind::Rsa(_) | PayloadKind::Direct => ended_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RsaKeyId;

    fn target(name: &str, state: TargetState, reason: &str) -> TargetOutcome {
        TargetOutcome { source_name: name.into(), state, reason: reason.into() }
    }

    #[test]
    fn finished_means_every_target_confirmed() {
        use TargetState::{Confirmed, NotAttempted, Proved, Refused, Retrying, Superseded};
        let end = |states: &[TargetState]| {
            let targets: Vec<_> = states.iter().map(|s| target("S", *s, "why")).collect();
            conclude(&targets).map(|c| (c.state, c.reason, c.errors))
        };
        assert_eq!(end(&[Proved, Retrying]), None);
        assert_eq!(end(&[Proved, Confirmed]), Some((ChangeState::Finished, EndReason::Confirmed, vec![])));
        let superseded = (ChangeState::Failed, EndReason::Superseded, vec![SUPERSEDED.to_owned()]);
        assert_eq!(end(&[Superseded]), Some(superseded.clone()));
        assert_eq!(end(&[Proved, Superseded]), Some(superseded));
        let refused = vec!["S: why".to_owned(), "S: why".to_owned()];
        assert_eq!(end(&[Refused, NotAttempted]), Some((ChangeState::Failed, EndReason::Target, refused)));
        assert_eq!(
            end(&[Refused, Superseded]).map(|e| e.2),
            Some(vec!["S: why".to_owned(), format!("S: {SUPERSEDED}")])
        );
    }

    #[test]
    fn payload_failures_are_shown_on_a_grid() {
        let rsa = PayloadKind::Rsa(RsaKeyId::from_random([1; 16]));
        let accepted = Timestamp(10_300_000);
        let early = Timestamp(10_301_000);
        for reason in [EndReason::Payload, EndReason::Policy] {
            assert_eq!(released_at(reason, &rsa, accepted, early), Timestamp::from_seconds(12));
            assert_eq!(released_at(reason, &rsa, accepted, Timestamp(15_000_001)), Timestamp::from_seconds(16));
            assert_eq!(released_at(reason, &PayloadKind::Direct, accepted, early), early);
        }
        for reason in [EndReason::Confirmed, EndReason::Target, EndReason::Superseded] {
            assert_eq!(released_at(reason, &rsa, accepted, early), early);
        }
    }
}
