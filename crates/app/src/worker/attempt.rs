//! One attempt on the newest due target of a lane.

use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use passwright_connectors::{Fault, FaultClass};
use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::change::{EndReason, INVALID_PAYLOAD, Lane, MEASURED, OpenTarget, TargetState};
use passwright_storage::StorageError;
use passwright_storage::changes::{BeginWrite, Begun, FailChange, FinishTarget, Resolution};
use tokio::time::Instant;

use super::breaker::Pass;
use super::bring::Delivery;
use super::check::{Checked, check};
use super::history::History;
use super::lease::Lease;
use super::proofs::Proofs;
use super::resolve::{Met, resolve};
use super::world::{ChangeQueue as _, Opened, World};
use super::{CALL, LEASE, breaker};
use crate::Error;
use crate::access::record_id;

/// How long after an attempt was begun its write may be under way: a proof may go before it.
pub(super) const WRITE_BY: Duration = CALL.saturating_mul(2);

/// Makes the attempt and records what it came to.
pub(super) async fn attempt<W: World>(world: &W, lane: &Lane, lease: &Lease, target: &OpenTarget) -> Result<(), Error> {
    let (began_at, began) = (world.clock().now(), Instant::now());
    let target = &target.clone().on_clock(lane.claimed_at, began_at);
    // Of a source that is left alone nothing is looked up or opened twice.
    let mut pass = None;
    if was_judged(target) {
        pass = leave(world, lane, target).await?;
        if pass.is_none() {
            return Ok(());
        }
    }
    let case = world.look_up(lane, target).await?;
    let password = match world.open(target, &case) {
        Opened::Password(password) => password,
        Opened::Invalid => {
            return fail(world, lane, target, EndReason::Payload, vec![INVALID_PAYLOAD.to_owned()]).await;
        }
        Opened::KeyGone => {
            let reason = "the time to open the password was over".to_owned();
            return finish(world, lane, target, Resolution::Ended(TargetState::Failed, reason), None).await;
        }
    };
    // The first target speaks for all, as long as nothing of the change was tried: what follows was judged already.
    let is_first = target.position == 0 && (!target.maybe_written || target.attempts == 0);
    if is_first {
        let broken = world.broken_rules(&case, &password).await?;
        if !broken.is_empty() {
            return fail(world, lane, target, EndReason::Policy, broken).await;
        }
    }
    if pass.is_none() {
        pass = leave(world, lane, target).await?;
    }
    let Some(_pass) = pass else { return Ok(()) };
    let state = match check(world, &case, target, is_first, &password).await {
        Checked::Ready(state) => state,
        Checked::AtHand(fault) => return record(world, lane, target, Met::Fault(fault)).await,
        Checked::InTheWay(reasons) if is_first => {
            return fail(world, lane, target, EndReason::Policy, reasons).await;
        }
        Checked::InTheWay(reasons) => {
            let refused = Fault::new(FaultClass::Refused, reasons.join("; "), "found before the write");
            return record(world, lane, target, Met::Fault(refused)).await;
        }
    };
    let now = world.clock().now();
    if was_set(now.0 - began_at.0, began.elapsed()) {
        // Times that were told before it do not fit those told after.
        return finish(world, lane, target, Resolution::Postponed { at: now }, None).await;
    }
    let history = History::of(world, lane, target, &state);
    if history.moved && !target.maybe_written {
        return record(world, lane, target, Met::ChangedOutside).await;
    }
    let asked_at = Instant::now();
    let write_by = asked_at + WRITE_BY;
    let begin = BeginWrite {
        account_id: lane.account_id.clone(),
        fence: lane.fence,
        seq: target.seq,
        now,
        lease: LEASE,
        claimed_at: lane.claimed_at,
        seen: history.seen,
        // The record of how it went may be lost, so this must hold for an attempt that was given up as well.
        resolved_within: WRITE_BY + world.late_writes(),
    };
    match world.queue().begin(begin).await? {
        Begun::Go => lease.renewed(asked_at),
        Begun::Outranked => {
            let superseded = Resolution::Ended(TargetState::Superseded, String::new());
            return finish(world, lane, target, superseded, None).await;
        }
        Begun::Wait { until } => {
            let at = until.unwrap_or(now + CALL);
            return finish(world, lane, target, Resolution::Postponed { at }, None).await;
        }
    }
    let proofs = Proofs::of(state.sign_ins);
    let delivery = Delivery { world, case: &case, target, lease, history: &history, password: &password, proofs };
    let met = delivery.bring(write_by).await;
    drop(password);
    record(world, lane, target, met).await
}

/// Whether a wall clock that went on by `went` microseconds while this time passed was set meanwhile.
fn was_set(went: i64, passed: Duration) -> bool {
    let passed = i64::try_from(passed.as_micros()).unwrap_or(i64::MAX);
    went.saturating_sub(passed).unsigned_abs() > MEASURED.as_micros() as u64
}

/// Whether the change's password was found valid before.
fn was_judged(target: &OpenTarget) -> bool {
    target.position > 0 || target.state == TargetState::Retrying
}

/// Leave to call the lane's source. Without it the target was put off and the lane given back.
async fn leave<'a, W: World>(world: &'a W, lane: &'a Lane, target: &OpenTarget) -> Result<Option<Pass<'a>>, Error> {
    match breaker::admit(world, lane).await {
        Ok(pass) => Ok(Some(pass)),
        Err(held) => {
            let resolution = held.resolution(target, world.clock().now());
            finish(world, lane, target, resolution, None).await?;
            Ok(None)
        }
    }
}

fn no_answer(by: &str) -> Fault {
    Fault::new(FaultClass::Transient, "the system did not answer in time", format!("no answer {by}"))
}

/// The call's answer, or the fault that there was none in time.
pub(super) async fn bounded<T>(call: impl Future<Output = T>) -> Result<T, Fault> {
    before(Instant::now() + CALL, pin!(call)).await.ok_or_else(|| no_answer("within 5 s"))
}

/// As [`bounded`], with its own end, and only as long as the lane is ours.
pub(super) async fn bounded_by<T>(end: Instant, lease: &Lease, call: impl Future<Output = T>) -> Result<T, Fault> {
    let mut call = pin!(call);
    loop {
        let until = end.min(lease.until());
        match before(until, call.as_mut()).await {
            Some(answer) => return Ok(answer),
            // Renewed meanwhile.
            None if until < end && lease.until() > until => {}
            None if until < end => return Err(no_answer("before the lane was another worker's to take")),
            None => return Err(no_answer("before the end of the attempt")),
        }
    }
}

/// After the end the call is not polled any more: a process that was stopped in the middle of it must not go on to send
/// the password when another may be writing.
async fn before<T>(end: Instant, mut call: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    let in_time = std::future::poll_fn(|context| match Instant::now() < end {
        true => call.as_mut().poll(context),
        false => Poll::Pending,
    });
    tokio::time::timeout_at(end, in_time).await.ok()
}

/// Tells the log what went wrong, decides what becomes of the target, and records it.
async fn record<W: World>(world: &W, lane: &Lane, target: &OpenTarget, met: Met) -> Result<(), Error> {
    breaker::report(world, lane, met.fault()).await;
    let attempts = target.attempts + 1;
    if let Some(fault) = met.fault() {
        tracing::warn!(
            change.id = %target.change_id, account.id = %lane.account_id, tracking.id = %target.tracking_id,
            attempt = attempts, fault = %fault, "an attempt did not succeed"
        );
    }
    let mut jitter = [0; 2];
    world.rng().fill(&mut jitter);
    let begun = OpenTarget { attempts, ..target.clone() };
    let unresolved_for = met.unresolved_for(world.late_writes());
    let resolution = resolve(&begun, met, world.clock().now(), u16::from_be_bytes(jitter));
    finish(world, lane, target, resolution, unresolved_for).await
}

fn audit<W: World>(world: &W, target: &OpenTarget, event: &'static str, object: String, why: &str) -> AuditRecord {
    let (at, id) = record_id(world.clock(), world.rng());
    let outcome = if event == PASSED { Outcome::Passed } else { Outcome::Failed };
    let detail = format!("change:{} {why}", target.change_id);
    let (actor, tracking_id) = ("system:worker".to_owned(), target.tracking_id.clone());
    AuditRecord { id, at, actor, event, object, outcome, tracking_id, address: None, detail }
}

const PASSED: &str = "ACCOUNT_PASSWORD_RESET_PASSED";
const FAILED: &str = "ACCOUNT_PASSWORD_RESET_FAILED";

async fn fail<W: World>(
    world: &W,
    lane: &Lane,
    target: &OpenTarget,
    reason: EndReason,
    errors: Vec<String>,
) -> Result<(), Error> {
    let object = format!("identity:{}", target.identity_id);
    let fail = FailChange {
        account_id: lane.account_id.clone(),
        fence: lane.fence,
        change_id: target.change_id.clone(),
        reason,
        errors,
        now: world.clock().now(),
        audit: audit(world, target, "USER_PASSWORD_UPDATE_FAILED", object, reason.as_str()),
        counted: (reason == EndReason::Payload).then(|| world.payload_budget()),
    };
    if let Some(worn) = world.queue().fail(fail).await? {
        world.key_worn(worn).await;
    }
    Ok(())
}

async fn finish<W: World>(
    world: &W,
    lane: &Lane,
    target: &OpenTarget,
    resolution: Resolution,
    unresolved_for: Option<Duration>,
) -> Result<(), Error> {
    let object = format!("account:{}", lane.account_id);
    let audit = match &resolution {
        Resolution::Confirmed(state, _) => Some(audit(world, target, PASSED, object, state.as_str())),
        Resolution::Ended(state, reason) => {
            Some(audit(world, target, FAILED, object, &format!("{} {reason}", state.as_str())))
        }
        Resolution::Retry { .. } | Resolution::Postponed { .. } => None,
    };
    let rings = matches!(resolution, Resolution::Confirmed(..));
    let finish = FinishTarget {
        account_id: lane.account_id.clone(),
        fence: lane.fence,
        change_id: target.change_id.clone(),
        seq: target.seq,
        position: target.position,
        resolution,
        unresolved_for,
        earlier_unresolved: target.unresolved_until,
        now: world.clock().now(),
        audit,
    };
    match world.queue().finish(finish).await {
        // Another worker holds the lane now and will resolve the attempt; nothing of ours may be recorded.
        Err(StorageError::LeaseLost) => {
            tracing::warn!(change.id = %target.change_id, account.id = %lane.account_id, "the lease of a lane was lost");
        }
        other => other?,
    }
    if rings {
        // The other targets of the change are due now.
        world.work_waiting().notify_one();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use passwright_domain::timestamp::Timestamp;

    use super::*;

    /// Seed 3024420: a clock was set forward by twenty minutes during an attempt.
    #[test]
    fn a_clock_that_was_set_is_noticed() {
        const SECOND: i64 = Timestamp::SECOND;
        for (went, passed, wanted) in [
            (0, 0, false),
            (8 * SECOND, 8, false),
            (13 * SECOND, 8, false),
            (13 * SECOND + 1, 8, true),
            (3 * SECOND, 8, false),
            (3 * SECOND - 1, 8, true),
            (1200 * SECOND, 2, true),
            (-1200 * SECOND, 2, true),
            (i64::MIN, 8, true),
            (i64::MAX, 8, true),
        ] {
            assert_eq!(was_set(went, Duration::from_secs(passed)), wanted, "{went} in {passed} s");
        }
    }
}
