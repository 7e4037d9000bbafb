//! From the use case's change to the wire's.

use passwright_app::passwords::{PasswordChange, PasswordChangeTarget, TargetState, rfc3339};
use passwright_wire::native;

use crate::api::passwords::wire_state;

/// A change as the wire has it.
pub(crate) fn encode(change: PasswordChange) -> native::PasswordChange {
    native::PasswordChange {
        id: change.id.into(),
        identity_id: change.identity_id.into(),
        state: wire_state(change.state),
        errors: change.errors,
        summary: change.summary,
        accepted_at: rfc3339(change.accepted_at),
        ended_at: change.ended_at.map(rfc3339),
        held_at: change.held_at.map(rfc3339),
        version: change.version,
        targets: change.targets.into_iter().map(target).collect(),
    }
}

/// One account inside a change.
pub(crate) fn target(target: PasswordChangeTarget) -> native::PasswordChangeTarget {
    native::PasswordChangeTarget {
        source_id: target.source_id.into(),
        source_name: target.source_name,
        account_id: target.account_id,
        account_name: target.account_name,
        state: target_state(target.state),
        reason: Some(target.reason).filter(|reason| !reason.is_empty()),
        attempts: target.attempts,
        next_attempt_at: target.next_attempt_at.map(rfc3339),
        ended_at: target.ended_at.map(rfc3339),
    }
}

fn target_state(state: TargetState) -> native::PasswordChangeTargetState {
    use native::PasswordChangeTargetState as Wire;
    match state {
        TargetState::Waiting => Wire::Waiting,
        TargetState::Checking => Wire::Checking,
        TargetState::Writing => Wire::Writing,
        TargetState::Written => Wire::Written,
        TargetState::Retrying => Wire::Retrying,
        TargetState::Proved => Wire::Proved,
        TargetState::Confirmed => Wire::Confirmed,
        TargetState::Refused => Wire::Refused,
        TargetState::Failed => Wire::Failed,
        TargetState::Superseded => Wire::Superseded,
        TargetState::NotAttempted => Wire::NotAttempted,
    }
}
