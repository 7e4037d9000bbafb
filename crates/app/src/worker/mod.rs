//! The worker: claims lanes, opens the newest due password of each, and brings it to its account.
//!
//! Invariants: a password is in clear for one attempt, in buffers that are wiped; a write is begun only after "still the
//! newest" was checked under the lane's lease; whatever an attempt comes to is recorded in the transaction that gives the
//! lane back; the lease is short and renewed as long as its attempt goes on, so that the lanes of a dead process are
//! worked on again within seconds.

mod attempt;
mod bounds;
mod breaker;
mod bring;
mod built_in;
mod check;
mod history;
mod lease;
pub(crate) mod payload;
mod proofs;
mod resolve;
mod service_world;
mod world;

pub use breaker::{BreakerLimits, Breakers};
pub use world::{Case, ChangeQueue, LATE_WRITES, Opened, World};

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use passwright_domain::change::Lane;
use passwright_storage::StorageError;
use passwright_storage::changes::{ClaimLanes, ReleaseLane, RenewLane};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::bounds::{Bounds, Due, Place, Share};
use self::lease::Lease;
use crate::Error;

/// How long a claimed lane is ours unless the lease is renewed. Longer than one call.
const LEASE: Duration = Duration::from_secs(8);
/// Between two renewals: two may fail before the lease is lost.
const RENEWAL: Duration = Duration::from_millis(2_500);
/// Renewals of one claim. The calls of an attempt take 35 s at most: one that hangs elsewhere must not hold its lane for ever.
const RENEWALS: u32 = 20;
/// How long one call to a system may take.
const CALL: Duration = Duration::from_secs(5);
/// Between two looks at the queue when nothing rings.
const POLL: Duration = Duration::from_secs(1);
/// Lanes in one claim.
const CLAIM: usize = 32;

/// Works on the queue until told to stop; then finishes what it has begun.
///
/// # Errors
/// When the database cannot be reached at the start.
pub async fn run<W: World>(world: Arc<W>, mut stop: watch::Receiver<bool>) -> Result<(), Error> {
    if world.queue().is_single_process() {
        world.queue().void_leases().await?;
    }
    let bounds = Bounds::new(world.lanes_per_source());
    let mut lanes = JoinSet::new();
    while !*stop.borrow() {
        while lanes.try_join_next().is_some() {}
        let free = world.lanes().saturating_sub(lanes.len());
        let wait = match claim(&*world, &bounds, free).await {
            Ok(Claimed::Lanes(claimed)) => {
                for lane in claimed {
                    lanes.spawn(work(world.clone(), bounds.take(lane.source_id.clone()), lane));
                }
                continue;
            }
            Ok(Claimed::Nothing { wait }) => wait,
            Err(error) => {
                tracing::error!(error = %error, "the queue could not be read");
                POLL
            }
        };
        tokio::select! {
            // In order, so that a run under a seed repeats itself.
            biased;
            () = world.work_waiting().notified(), if free > 0 => {}
            Some(_) = lanes.join_next(), if !lanes.is_empty() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
    while lanes.join_next().await.is_some() {}
    Ok(())
}

enum Claimed {
    Lanes(Vec<Lane>),
    Nothing { wait: Duration },
}

async fn claim<W: World>(world: &W, bounds: &Bounds, free: usize) -> Result<Claimed, Error> {
    if free == 0 {
        return Ok(Claimed::Nothing { wait: POLL });
    }
    let now = world.clock().now();
    let (due, queue_now) = world.queue().due_sources(now).await?;
    let mut offers = Vec::with_capacity(due.len());
    for (source, at) in due {
        let room = breaker::room(world, &source).await;
        offers.push(Due { source, at, room });
    }
    match bounds.share(offers, queue_now, free.min(CLAIM)) {
        Share::Claim(sources) => {
            let claimed = world.queue().claim(ClaimLanes { now, sources, lease: LEASE }).await?;
            if claimed.is_empty() {
                // Another node was quicker.
                return Ok(Claimed::Nothing { wait: POLL / 20 });
            }
            Ok(Claimed::Lanes(claimed))
        }
        Share::Later(next) => Ok(Claimed::Nothing { wait: next.map_or(POLL, |at| at.since(queue_now).min(POLL)) }),
    }
}

async fn work<W: World>(world: Arc<W>, _place: Place, lane: Lane) {
    let lease = Lease::unknown();
    let outcome = match lane.targets.first() {
        Some(target) => tokio::select! {
            biased;
            outcome = attempt::attempt(&*world, &lane, &lease, target) => outcome,
            never = keep(&*world, &lane, &lease) => match never {},
        },
        None => {
            let release = ReleaseLane { account_id: lane.account_id.clone(), fence: lane.fence };
            world.queue().release(release).await.map_err(Error::from)
        }
    };
    if let Err(error) = outcome {
        // The lease runs out and the lane is claimed again: by then the target says what is known of the attempt.
        tracing::error!(account.id = %lane.account_id, error = %error, "an attempt was not recorded");
    }
}

/// Renews the lane's lease. When it is lost the attempt still comes to its end: its write ends with the lease, nobody writes
/// another password before the system can have carried it out, and nothing of it will be recorded.
async fn keep<W: World>(world: &W, lane: &Lane, lease: &Lease) -> Infallible {
    for _ in 0..RENEWALS {
        tokio::time::sleep(RENEWAL).await;
        let asked_at = Instant::now();
        let (account_id, fence) = (lane.account_id.clone(), lane.fence);
        let renew = RenewLane { account_id, fence, now: world.clock().now(), lease: LEASE };
        match world.queue().renew(renew).await {
            Ok(()) => lease.renewed(asked_at),
            Err(StorageError::LeaseLost) => break,
            Err(error) => {
                tracing::warn!(account.id = %lane.account_id, error = %error, "a lease could not be renewed");
            }
        }
    }
    std::future::pending().await
}
