//! Accepting, claiming and beginning: order, leases and fences.

use std::sync::Arc;

use passwright_domain::change::TargetState;
use passwright_domain::ids::{IdentityId, PasswordChangeId, SourceId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::{
    AcceptChange, Accepted, BeginWrite, Begun, ClaimLanes, Resolution, Seen, VoidLeases, due_sources,
};
use passwright_storage::{StorageError, Tx, Write};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::Notify;

use super::engines::on_both_engines;
use super::fixture::{LEASE, accept, begin, change, claim, finish, now, seed, source, status, targets};

#[test]
fn sequence_numbers_are_unique_and_in_commit_order() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let mut accepting = tokio::task::JoinSet::new();
        for n in 10..60 {
            let store = store.clone();
            // Groups in both orders: locks are taken in id order, so they cannot wait for each other.
            let order = if n % 2 == 0 { [1, 2] } else { [2, 1] };
            accepting.spawn(async move { accept(&store, n, &order).await });
        }
        while let Some(done) = accepting.join_next().await {
            assert!(done.unwrap().is_new);
        }
        let mut seqs = Vec::new();
        for n in 10..60 {
            for target in targets(&store, n).await {
                seqs.push((target.account_id, target.seq));
            }
        }
        seqs.sort();
        let expected: Vec<i64> = (1..=50).chain(1..=50).collect();
        assert_eq!(seqs.iter().map(|(_, seq)| *seq).collect::<Vec<_>>(), expected);
    });
}

#[test]
fn one_ciphertext_belongs_to_its_first_caller_and_identity() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let first = accept(&store, 1, &[1]).await;
        let mut again = change(1, &[1]);
        again.change.id = PasswordChangeId::from_random([77; 16]);
        let again = store.write(again).await.unwrap();
        assert_eq!((again.id, again.is_new), (first.id.clone(), false));
        let mut other_account = change(1, &[2]);
        other_account.change.id = PasswordChangeId::from_random([78; 16]);
        other_account.audit.id = "other".into();
        assert!(store.write(other_account).await.unwrap().is_new);
        for stranger in [true, false] {
            let mut replay = change(1, &[1]);
            replay.change.id = PasswordChangeId::from_random([79; 16]);
            if stranger {
                replay.change.actor = "identity:x".into();
            } else {
                replay.change.identity_id = IdentityId::from_random([66; 16]);
            }
            assert!(matches!(store.write(replay).await, Err(StorageError::CiphertextTaken)));
        }
        let lanes = claim(&store).await;
        assert_eq!(lanes.iter().map(|l| l.targets.len()).sum::<usize>(), 2, "one target for each account");
    });
}

#[test]
fn a_claimed_lane_is_not_claimed_again_until_its_lease_is_void() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        let first = claim(&store).await;
        assert_eq!(first.len(), 1);
        assert!(claim(&store).await.is_empty());
        store.write(VoidLeases).await.unwrap();
        let second = claim(&store).await;
        assert_eq!(second[0].fence, first[0].fence + 1);
        // The first holder is fenced off at every step.
        assert!(matches!(begin(&store, &first[0], 1).await, Err(StorageError::LeaseLost)));
        let confirmed = Resolution::Confirmed(TargetState::Proved, String::new());
        assert!(matches!(finish(&store, &first[0], confirmed.clone()).await, Err(StorageError::LeaseLost)));
        assert_eq!(targets(&store, 1).await[0].state, TargetState::Waiting, "a fenced-off finish changes nothing");
        assert_eq!(begin(&store, &second[0], 1).await.unwrap(), Begun::Go);
        finish(&store, &second[0], confirmed).await.unwrap();
        assert!(claim(&store).await.is_empty());
    });
}

#[test]
fn only_the_first_target_is_due_until_it_is_confirmed() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[2, 1, 3]).await;
        let lanes = claim(&store).await;
        assert_eq!(lanes.len(), 1);
        assert_eq!(lanes[0].targets[0].position, 0);
        begin(&store, &lanes[0], 1).await.unwrap();
        finish(&store, &lanes[0], Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        let lanes = claim(&store).await;
        assert_eq!(lanes.len(), 2);
        for lane in &lanes {
            assert!(status(&store, 1).await.ended_at.is_none());
            begin(&store, lane, 1).await.unwrap();
            finish(&store, lane, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        }
        assert!(status(&store, 1).await.ended_at.is_some());
    });
}

#[test]
fn a_newer_change_whose_first_target_accepted_outranks_an_older_one() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[2]).await;
        accept(&store, 2, &[1, 2]).await;
        let lanes = claim(&store).await;
        assert_eq!(lanes.len(), 2);
        let (first_of_newer, older) = (&lanes[0], &lanes[1]);
        assert_eq!(older.targets[0].seq, 1, "the newer one is not due on this account yet");
        begin(&store, first_of_newer, 1).await.unwrap();
        finish(&store, first_of_newer, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        assert_eq!(begin(&store, older, 1).await.unwrap(), Begun::Outranked);
    });
}

#[test]
fn an_older_change_waits_while_a_newer_write_is_unresolved() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        accept(&store, 2, &[1]).await;
        let lane = &claim(&store).await[0];
        assert_eq!(lane.targets.iter().map(|t| t.seq).collect::<Vec<_>>(), [2, 1], "newest first");
        assert_eq!(begin(&store, lane, 2).await.unwrap(), Begun::Go);
        let at = now() + std::time::Duration::from_secs(3600);
        finish(
            &store,
            lane,
            Resolution::Retry {
                at,
                reason: "no answer".into(),
                maybe_written: true,
                attempts: 1,
                seen: Seen::AsBefore,
            },
        )
        .await
        .unwrap();
        let lane = &claim(&store).await[0];
        assert_eq!(lane.targets[0].seq, 1);
        assert_eq!(begin(&store, lane, 1).await.unwrap(), Begun::Wait { until: None });
    });
}

#[test]
fn an_older_change_goes_on_when_the_newer_was_surely_not_written() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        accept(&store, 2, &[1]).await;
        let lane = &claim(&store).await[0];
        begin(&store, lane, 2).await.unwrap();
        let at = now() + std::time::Duration::from_secs(3600);
        finish(
            &store,
            lane,
            Resolution::Retry { at, reason: "down".into(), maybe_written: false, attempts: 1, seen: Seen::AsBefore },
        )
        .await
        .unwrap();
        let lane = &claim(&store).await[0];
        assert_eq!(begin(&store, lane, 1).await.unwrap(), Begun::Go);
        finish(&store, lane, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        let mut reader = store.read().await.unwrap();
        let (_, next) = due_sources(&mut reader.tx(), now()).await.unwrap()[0];
        assert!(next > now() + std::time::Duration::from_secs(3000), "the retry keeps its time: {next:?}");
    });
}

#[test]
fn an_expired_lease_cannot_be_renewed_after_another_claim() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        let stale = BeginWrite {
            account_id: super::fixture::account(1).id,
            fence: 99,
            seq: 1,
            now: Timestamp(1),
            lease: LEASE,
            claimed_at: Timestamp(1),
            seen: None,
            resolved_within: LEASE,
        };
        assert!(matches!(store.write(stale).await, Err(StorageError::LeaseLost)));
    });
}

#[test]
fn a_newer_change_waits_out_an_older_attempt_that_may_still_arrive() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        let lane = &claim(&store).await[0];
        assert_eq!(begin(&store, lane, 1).await.unwrap(), Begun::Go);
        // The worker dies here; its lease is void at the next start.
        store.write(VoidLeases).await.unwrap();
        accept(&store, 2, &[1]).await;
        let lane = &claim(&store).await[0];
        assert_eq!(lane.targets[0].seq, 2);
        let Begun::Wait { until: Some(until) } = begin(&store, lane, 2).await.unwrap() else { panic!("it must wait") };
        assert!(until > now() && until <= now() + LEASE, "{until:?}");
        let postponed = Resolution::Postponed { at: until };
        finish(&store, lane, postponed).await.unwrap();
        // The older one itself may go on: its own earlier attempt carries the same password.
        let lane = &claim(&store).await[0];
        assert_eq!(lane.targets[0].seq, 1);
        assert!(lane.targets[0].maybe_written);
        assert_eq!(begin(&store, lane, 1).await.unwrap(), Begun::Go);
        finish(&store, lane, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        let mut reader = store.read().await.unwrap();
        let (_, next) = due_sources(&mut reader.tx(), now()).await.unwrap()[0];
        assert!(next > now(), "the newer one is still postponed");
    });
}

#[test]
fn an_accepted_change_rings_the_other_nodes() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let Some(mut listener) = store.listen().await.unwrap() else {
            assert!(store.is_single_process(), "only SQLite has no other nodes");
            return;
        };
        accept(&store, 1, &[1]).await;
        let heard = tokio::time::timeout(std::time::Duration::from_secs(10), listener.heard()).await;
        heard.expect("the ring arrives").unwrap();
    });
}

#[test]
fn each_source_gives_no_more_lanes_than_were_asked_of_it() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        for n in 1..=2 {
            accept(&store, n, &[n]).await;
        }
        let claim = |sources: Vec<(SourceId, i64)>| store.write(ClaimLanes { now: now(), sources, lease: LEASE });
        let id = |n| source(n).id;
        let due = || async {
            let mut reader = store.read().await.unwrap();
            let mut due = due_sources(&mut reader.tx(), now()).await.unwrap();
            due.sort();
            due.into_iter().map(|(source, _)| source).collect::<Vec<_>>()
        };
        assert_eq!(due().await, [id(1), id(2)]);
        assert!(claim(vec![(id(1), 0), (id(3), 5)]).await.unwrap().is_empty());
        let lanes = claim(vec![(id(2), 5)]).await.unwrap();
        assert_eq!(lanes.iter().map(|lane| &lane.source_id).collect::<Vec<_>>(), [&id(2)]);
        assert_eq!(due().await, [id(1)], "a leased lane is not due");
    });
}

/// Accepts a change and keeps its transaction open until told to commit.
struct SlowAccept {
    accept: AcceptChange,
    written: Arc<Notify>,
    commit: Arc<Notify>,
}

impl Write for SlowAccept {
    type Output = Accepted;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Accepted, StorageError> {
        let accepted = self.accept.apply(tx).await?;
        self.written.notify_one();
        self.commit.notified().await;
        Ok(accepted)
    }
}

/// A lane that is given back while a change for it is being accepted stays due.
#[test]
fn a_change_accepted_while_its_lane_is_given_back_is_not_forgotten() {
    on_both_engines(|database| async move {
        let store = database.store;
        if store.is_single_process() {
            // SQLite runs one transaction at a time.
            return;
        }
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        let lane = claim(&store).await.remove(0);
        assert_eq!(begin(&store, &lane, 1).await.unwrap(), Begun::Go);
        let (written, commit) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let slow = SlowAccept { accept: change(2, &[1]), written: written.clone(), commit: commit.clone() };
        let accepting = tokio::spawn({
            let store = store.clone();
            async move { store.write(slow).await }
        });
        written.notified().await;
        let giving_back = tokio::spawn({
            let store = store.clone();
            async move { finish(&store, &lane, Resolution::Confirmed(TargetState::Proved, String::new())).await }
        });
        let mut watch = PgConnection::connect(&database.options.url).await.unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            let waits =
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
            let (waiting,): (i64,) = sqlx::query_as(waits).fetch_one(&mut watch).await.unwrap();
            if waiting == 1 {
                break;
            }
            assert!(std::time::Instant::now() < deadline, "it never waited for the lane");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        commit.notify_one();
        accepting.await.unwrap().unwrap();
        giving_back.await.unwrap().unwrap();
        let lanes = claim(&store).await;
        assert_eq!(lanes.len(), 1, "the lane was put to rest beside a waiting change");
        assert_eq!(lanes[0].targets[0].seq, 2);
    });
}
