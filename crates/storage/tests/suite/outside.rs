//! What is kept so that a retry does not undo a change that somebody made at the system itself.

use std::time::Duration;

use passwright_domain::change::TargetState;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::StorageError;
use passwright_storage::changes::{Begun, ClaimLanes, FinishTarget, Resolution, Seen, VoidLeases};

use super::engines::on_both_engines;
use super::fixture::{accept, begin, begin_after, change, claim, finish, now, seed, source};

fn retry(seen: Seen) -> Resolution {
    Resolution::Retry { at: now(), reason: "down".into(), maybe_written: true, attempts: 1, seen }
}

#[test]
fn a_retry_knows_what_was_seen_when_its_last_attempt_began() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        let mut lane = claim(&store).await.remove(0);
        let fresh = &lane.targets[0];
        assert_eq!((fresh.begun_fence, fresh.seen, fresh.others_begun_fence), (None, None, None));
        assert_eq!(begin_after(&store, &lane, 1, now(), Some(Timestamp(7))).await.unwrap(), Begun::Go);
        for (seen, expected) in [
            (Seen::AsBefore, Some(Timestamp(7))),
            (Seen::At(Some(Timestamp(9))), Some(Timestamp(9))),
            (Seen::At(None), None),
        ] {
            finish(&store, &lane, retry(seen)).await.unwrap();
            lane = claim(&store).await.remove(0);
            assert_eq!(lane.targets[0].seen, expected);
            assert_eq!(lane.targets[0].begun_fence, Some(lane.fence - 1));
            assert_eq!(begin_after(&store, &lane, 1, now(), Some(Timestamp(7))).await.unwrap(), Begun::Go);
        }
    });
}

#[test]
fn times_are_of_the_queues_clock() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        // The callers are an hour and two ahead of the queue's own clock, where the queue has one.
        let ahead = |hours: u64| now() + Duration::from_secs(hours * 3600);
        let mut first = change(1, &[1]);
        first.change.accepted_at = ahead(1);
        store.write(first).await.unwrap();
        let claim = ClaimLanes { now: ahead(2), sources: vec![(source(1).id, 1)], lease: Duration::from_secs(9) };
        let lane = &store.write(claim).await.unwrap()[0];
        let waited = lane.claimed_at.since(lane.targets[0].accepted_at);
        let expected = if store.is_single_process() { Duration::from_secs(3600) } else { Duration::ZERO };
        assert!(waited >= expected && waited < expected + Duration::from_secs(60), "{waited:?}");
    });
}

#[test]
fn another_attempt_on_the_account_is_told() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        accept(&store, 2, &[1]).await;
        let lane = &claim(&store).await[0];
        begin(&store, lane, 2).await.unwrap();
        let away = Resolution::Retry {
            at: now() + Duration::from_secs(3600),
            reason: "down".into(),
            maybe_written: false,
            attempts: 1,
            seen: Seen::AsBefore,
        };
        finish(&store, lane, away).await.unwrap();
        let lane = &claim(&store).await[0];
        assert_eq!(lane.targets[0].seq, 1);
        let target = &lane.targets[0];
        assert_eq!((target.begun_fence, target.others_begun_fence), (None, Some(lane.fence - 1)));
        assert!(target.others_begun_at.is_some());
    });
}

/// What was seen before an attempt of another change had certainly ended may be what that attempt overwrote.
#[test]
fn what_was_seen_is_void_when_another_attempt_could_still_arrive_after_the_look() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        let lane = &claim(&store).await[0];
        begin(&store, lane, 1).await.unwrap();
        let target = &lane.targets[0];
        let ended = FinishTarget {
            account_id: lane.account_id.clone(),
            fence: lane.fence,
            change_id: target.change_id.clone(),
            seq: 1,
            position: 0,
            resolution: Resolution::Ended(TargetState::Failed, "given up".into()),
            unresolved_for: Some(Duration::from_micros(1)),
            earlier_unresolved: None,
            now: now(),
            audit: None,
        };
        store.write(ended).await.unwrap();
        accept(&store, 2, &[1]).await;
        let lane = &claim(&store).await[0];
        let claimed_at = now() - Duration::from_secs(5);
        assert_eq!(begin_after(&store, lane, 2, claimed_at, Some(Timestamp(7))).await.unwrap(), Begun::Go);
        store.write(VoidLeases).await.unwrap();
        assert_eq!(claim(&store).await[0].targets[0].seen, None);
    });
}

#[test]
fn an_expired_lease_begins_nothing() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        let lane = &claim(&store).await[0];
        store.write(VoidLeases).await.unwrap();
        assert!(matches!(begin(&store, lane, 1).await, Err(StorageError::LeaseLost)));
    });
}
