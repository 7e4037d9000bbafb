//! A change as people may see it.
//!
//! An end that speaks of the decrypted payload is not shown before its time (`released_at`): until then the change and its
//! targets look as they did before it.

use passwright_domain::access::{Action, Caller};
use passwright_domain::change::{ChangeState, TargetState};
use passwright_domain::ids::{IdentityId, PasswordChangeId, SourceId};
use passwright_domain::retry::TIME_TO_LIVE;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::{ChangeStatus, StoredChange, StoredTarget};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::summary::summary;
use crate::{Error, Service};

/// A change with its targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordChange {
    pub id: PasswordChangeId,
    pub identity_id: IdentityId,
    pub state: ChangeState,
    pub errors: Vec<String>,
    /// What works now and what is still tried, one plain sentence each.
    pub summary: Vec<String>,
    pub accepted_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// Since when it waits for an administrator after the database was restored.
    pub held_at: Option<Timestamp>,
    /// Grows with every step that is shown.
    pub version: u64,
    /// First target first.
    pub targets: Vec<PasswordChangeTarget>,
}

/// One account inside a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordChangeTarget {
    pub source_id: SourceId,
    pub source_name: String,
    /// The account's native identity.
    pub account_id: String,
    pub account_name: String,
    pub state: TargetState,
    /// A plain sentence; empty when there is nothing to say.
    pub reason: String,
    pub attempts: u64,
    /// A write was begun, and its outcome is not known.
    pub maybe_written: bool,
    pub next_attempt_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// What a held change says.
const HELD: &str = "The change waits for an administrator, because the service's database was restored.";

impl PasswordChange {
    /// The change at `now`, of the clock that its times are of: the database's.
    pub(crate) fn of(stored: StoredChange, now: Timestamp) -> Self {
        let StoredChange { change, targets } = stored;
        let hidden = change.ended_at.is_some() && !is_released(&change, now);
        let targets: Vec<_> = targets.into_iter().map(|target| shown_target(target, hidden)).collect();
        let ended_at = change.ended_at.filter(|_| !hidden);
        let steps: u64 = targets.iter().map(step).sum();
        let (state, errors) = shown_outcome(change.state, change.errors, !hidden);
        let held_at = change.held_at.filter(|_| change.ended_at.is_none());
        Self {
            id: change.id,
            identity_id: change.identity_id,
            state,
            errors,
            summary: match held_at {
                Some(_) => vec![HELD.to_owned()],
                None => summary(&targets, change.accepted_at),
            },
            accepted_at: change.accepted_at,
            ended_at,
            held_at,
            version: steps.saturating_add(u64::from(ended_at.is_some())),
            targets,
        }
    }

    /// When what is still tried is given up.
    #[must_use]
    pub fn gives_up_at(&self) -> Timestamp {
        (self.accepted_at + TIME_TO_LIVE).rounded_up_to_second()
    }

    /// Nothing more will happen to it.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.state != ChangeState::InProgress
    }
}

/// Whether the end of a change may be shown; false while there is none.
pub(super) fn is_released(change: &ChangeStatus, now: Timestamp) -> bool {
    change.released_at.is_some_and(|at| at <= now)
}

/// State and reasons, or those of a change that goes on.
pub(super) fn shown_outcome(state: ChangeState, errors: Vec<String>, released: bool) -> (ChangeState, Vec<String>) {
    if released { (state, errors) } else { (ChangeState::InProgress, Vec::new()) }
}

fn shown_target(target: StoredTarget, hidden: bool) -> PasswordChangeTarget {
    let before = if target.attempts == 0 { TargetState::Waiting } else { TargetState::Retrying };
    let hidden = hidden && !target.state.is_confirmed();
    let state = if hidden { before } else { target.state };
    PasswordChangeTarget {
        source_id: target.source_id,
        source_name: target.source_name,
        account_id: target.native_identity,
        account_name: target.account_name,
        state,
        reason: if hidden { String::new() } else { target.reason },
        attempts: u64::try_from(target.attempts).unwrap_or_default(),
        maybe_written: target.maybe_written,
        // Of a waiting target it would tell whether an end is hidden.
        next_attempt_at: target.due_at.filter(|_| state == TargetState::Retrying),
        ended_at: target.ended_at.filter(|_| !hidden),
    }
}

/// How many steps a target has made. Each attempt is three: begun, failed for now, ended; none goes back.
fn step(target: &PasswordChangeTarget) -> u64 {
    let of_attempt = match target.state {
        TargetState::Waiting | TargetState::Checking | TargetState::Writing => 0,
        TargetState::Written | TargetState::Retrying => 1,
        TargetState::Proved
        | TargetState::Confirmed
        | TargetState::Refused
        | TargetState::Failed
        | TargetState::Superseded
        | TargetState::NotAttempted => 2,
    };
    target.attempts.saturating_mul(3).saturating_add(of_attempt)
}

/// RFC 3339, UTC.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1000);
    // Outside the years 0 to 9999 there is no such text, and no clock.
    time.ok().and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}

impl Service {
    /// The id of a change to read, for one who may read changes at all.
    pub(super) async fn change_to_read(&self, caller: &Caller, id: &str) -> Result<PasswordChangeId, Error> {
        self.require(caller, Action::ReadPasswordChanges, "change:any").await?;
        id.parse().map_err(|_| Error::NotFound)
    }

    /// Whether the caller may see this change; "not found" otherwise.
    pub(super) async fn require_visible(&self, caller: &Caller, change: &ChangeStatus) -> Result<(), Error> {
        let action = Action::ReadPasswordChange { actor: &change.actor, identity: &change.identity_id };
        self.require(caller, action, &format!("change:{}", change.id)).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const START: Timestamp = Timestamp(1_700_000_000_000_000);

    fn target(state: TargetState, attempts: i64) -> StoredTarget {
        StoredTarget {
            source_id: SourceId::from_random([1; 16]),
            source_name: "CRM".into(),
            native_identity: "abby".into(),
            account_name: "Abby".into(),
            state,
            reason: "why".into(),
            attempts,
            due_at: Some(START),
            maybe_written: false,
            ended_at: state.is_final().then_some(START),
        }
    }

    fn stored(state: ChangeState, released_at: Option<Timestamp>, targets: Vec<StoredTarget>) -> StoredChange {
        let change = ChangeStatus {
            id: PasswordChangeId::from_random([1; 16]),
            identity_id: IdentityId::from_random([1; 16]),
            actor: "client:c".into(),
            accepted_at: START,
            state,
            errors: if state == ChangeState::Failed { vec!["broken".into()] } else { Vec::new() },
            source_ids: Vec::new(),
            ended_at: released_at.map(|_| START),
            released_at,
            held_at: None,
        };
        StoredChange { change, targets }
    }

    /// Before its release an end looks exactly as if there were none.
    #[test]
    fn an_end_that_is_not_released_is_not_there() {
        let at = START + Duration::from_secs(1);
        let just_before = Timestamp(at.0 - 1);
        let end = stored(ChangeState::Failed, Some(at), vec![target(TargetState::NotAttempted, 0); 2]);
        let mut open = stored(ChangeState::InProgress, None, vec![target(TargetState::Waiting, 0); 2]);
        for target in &mut open.targets {
            target.reason.clear();
        }
        let hidden = PasswordChange::of(end.clone(), just_before);
        assert_eq!(hidden, PasswordChange::of(open, just_before));
        let shown = PasswordChange::of(end, at);
        assert_eq!((shown.state, shown.errors.as_slice()), (ChangeState::Failed, &["broken".to_owned()][..]));
        assert!(shown.has_ended() && shown.version > hidden.version);
        assert!(shown.targets.iter().all(|t| t.state == TargetState::NotAttempted && t.reason == "why"));
    }

    #[test]
    fn each_step_has_a_greater_version() {
        use TargetState::{Proved, Retrying, Waiting, Writing};
        let ways: [&[(TargetState, i64)]; 3] = [
            &[(Waiting, 0), (Writing, 1), (Retrying, 1), (Writing, 2), (Proved, 2)],
            &[(Waiting, 0), (Retrying, 1), (Writing, 2), (Writing, 3), (TargetState::Refused, 3)],
            &[(Waiting, 0), (TargetState::NotAttempted, 0)],
        ];
        for way in ways {
            let versions: Vec<u64> = way
                .iter()
                .map(|&(state, attempts)| {
                    let (change, released) = if state.is_final() {
                        (ChangeState::Finished, Some(START))
                    } else {
                        (ChangeState::InProgress, None)
                    };
                    PasswordChange::of(stored(change, released, vec![target(state, attempts)]), START).version
                })
                .collect();
            assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "{way:?}: {versions:?}");
        }
    }

    #[test]
    fn the_next_attempt_is_told_of_a_retrying_target_alone() {
        let of = |state| {
            let stored = stored(ChangeState::InProgress, None, vec![target(state, 1)]);
            PasswordChange::of(stored, START).targets[0].next_attempt_at
        };
        assert_eq!(of(TargetState::Retrying), Some(START));
        assert_eq!((of(TargetState::Waiting), of(TargetState::Writing)), (None, None));
    }

    #[test]
    fn times() {
        assert_eq!(rfc3339(Timestamp(1_700_000_000_000_000)), "2023-11-14T22:13:20Z");
        assert_eq!(rfc3339(Timestamp(1_700_000_000_250_000)), "2023-11-14T22:13:20.25Z");
    }
}
