//! What may have happened to an account's password since a change was accepted: our own earlier attempts, and somebody else.

use std::time::Duration;

use passwright_connectors::{AccountState, Fault, FaultClass, Proof};
use passwright_domain::change::{Lane, NO_TIME_TOLD, OpenTarget, PasswordTimes};
use passwright_domain::timestamp::Timestamp;

use super::attempt::WRITE_BY;
use super::resolve::Met;
use super::world::World;

/// After our last write can have reached the system: how long a sign-in with it may still fail there.
const SETTLING: Duration = Duration::from_secs(10);

/// What the look before an attempt told of the past.
pub(super) struct History {
    /// The password was changed since the last attempt, or since acceptance, by an earlier attempt or by somebody else.
    pub(super) moved: bool,
    /// The last change of which we know what did it.
    pub(super) seen: Option<Timestamp>,
    /// No earlier attempt can reach the system any more.
    is_settled: bool,
    /// There may have been attempts that nobody knows of.
    restored: bool,
    /// Of this attempt.
    fence: i64,
    times: PasswordTimes,
}

/// When the account's password was changed, on the system's clock; for the next attempt to compare with.
pub(super) fn seen_in(state: &AccountState) -> Timestamp {
    state.password_changed_at.map_or(NO_TIME_TOLD, Timestamp)
}

impl History {
    pub(super) fn of<W: World>(world: &W, lane: &Lane, target: &OpenTarget, state: &AccountState) -> Self {
        let times = PasswordTimes {
            changed_at: state.password_changed_at.map(Timestamp),
            clock_ahead: state.clock_ahead,
            seen: target.seen,
            accepted_at: target.accepted_at,
            begun_fence: target.begun_fence,
            others_begun_at: target.others_begun_at,
            others_begun_fence: target.others_begun_fence,
            reach: WRITE_BY + world.late_writes(),
            now: world.clock().now(),
        };
        let moved = times.moved();
        let is_settled = target.unresolved_until.is_none_or(|until| until + SETTLING <= lane.claimed_at);
        let seen = if moved { target.seen } else { Some(seen_in(state)) };
        Self { moved, seen, is_settled, restored: target.restored, fence: lane.fence, times }
    }

    /// What the proof of an attempt whose outcome was not known tells. `None`: the password is to be written.
    pub(super) fn settled_by(&self, proof: Result<Proof, Fault>) -> Option<Met> {
        match proof {
            Ok(Proof::Proved) => Some(Met::proved()),
            _ if !self.moved => None,
            // It was begun, the password changed since, and nothing here can show more.
            Ok(Proof::NotProvable(why)) if self.times.begun_fence.is_some() && !self.restored => {
                Some(Met::not_provable(why))
            }
            // Nothing tells that it was this change that changed it.
            Ok(Proof::NotProvable(_)) => Some(Met::ChangedOutside),
            Ok(Proof::Rejected) if self.is_settled => Some(Met::ChangedOutside),
            Ok(Proof::Rejected) => Some(Met::unsettled()),
            Err(fault) => Some(Met::Fault(fault)),
        }
    }

    /// A refusal is final once no earlier attempt can reach the system any more: one that does so between the sign-in and the write is
    /// what a history refuses to take twice.
    pub(super) fn refused_by(&self, met: Met) -> Met {
        match met {
            Met::Fault(fault) if fault.class == FaultClass::Refused && !self.is_settled => Met::unsettled(),
            met => met,
        }
    }

    /// Whether a look after this attempt's write shows that the password has changed since.
    pub(super) fn moved_in(&self, state: &AccountState) -> bool {
        let changed_at = state.password_changed_at.map(Timestamp);
        let begun_fence = Some(self.fence);
        PasswordTimes { changed_at, clock_ahead: state.clock_ahead, seen: self.seen, begun_fence, ..self.times }.moved()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(is_settled: bool) -> History {
        let times = PasswordTimes {
            changed_at: None,
            clock_ahead: None,
            seen: None,
            accepted_at: Timestamp(0),
            begun_fence: Some(1),
            others_begun_at: None,
            others_begun_fence: None,
            reach: Duration::from_secs(70),
            now: Timestamp(0),
        };
        History { moved: false, seen: None, is_settled, restored: false, fence: 2, times }
    }

    /// Seed 4065524: a late write arrived between the next attempt's sign-in and its write, which the history then refused.
    #[test]
    fn a_refusal_is_final_when_nothing_can_arrive_any_more() {
        let met = |class, is_settled| history(is_settled).refused_by(Met::Fault(Fault::new(class, "no", "test")));
        assert!(matches!(met(FaultClass::Refused, false), Met::Undecided(..)));
        assert!(matches!(met(FaultClass::Refused, true), Met::Fault(fault) if fault.class == FaultClass::Refused));
        assert!(matches!(met(FaultClass::Transient, false), Met::Fault(fault) if fault.class == FaultClass::Transient));
        assert!(matches!(history(false).refused_by(Met::proved()), Met::Written(Ok(Proof::Proved), _)));
    }
}
