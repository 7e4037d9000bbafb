//! What administrators look at: everybody's changes, how much waits, and the audit; and a change that is tried again at once.

use std::time::Duration;

use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::change::TargetState;
use passwright_domain::ids::{IdentityId, PasswordChangeId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::Store;
use passwright_storage::audit::{self as records, Search as AuditSearch, WriteAudit};
use passwright_storage::changes::overview::{Queue, Search, Wanted, queues, search};
use passwright_storage::changes::{Resolution, RetryChange, Seen};

use super::engines::on_both_engines;
use super::fixture::{accept, audit, begin, claim, finish, identity, now, seed, source, targets};

fn change(n: u8) -> PasswordChangeId {
    PasswordChangeId::from_random([n; 16])
}

async fn found(store: &Store, wanted: Search) -> Vec<PasswordChangeId> {
    let mut reader = store.read().await.unwrap();
    let found =
        search(&mut reader.tx(), &Search { limit: 10, ..wanted }, now() + Duration::from_secs(60)).await.unwrap();
    found.into_iter().map(|stored| stored.change.id).collect()
}

async fn retry(store: &Store, n: u8) -> u64 {
    store.write(RetryChange { change_id: change(n), now: now(), audit: audit(700 + u64::from(n)) }).await.unwrap()
}

fn in_an_hour(attempts: i64) -> Resolution {
    let at = now() + Duration::from_secs(3600);
    Resolution::Retry { at, reason: "down".into(), maybe_written: false, attempts, seen: Seen::AsBefore }
}

#[test]
fn changes_are_found_by_state_person_and_source() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        let lane = &claim(&store).await[0];
        begin(&store, lane, 1).await.unwrap();
        finish(&store, lane, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        accept(&store, 2, &[2, 3]).await;
        let lane = &claim(&store).await[0];
        begin(&store, lane, 1).await.unwrap();
        finish(&store, lane, in_an_hour(1)).await.unwrap();
        let of = |wanted| Search { wanted, ..Search::default() };
        for (wanted, expected) in [
            (Wanted::All, vec![change(2), change(1)]),
            (Wanted::Open, vec![change(2)]),
            (Wanted::Retrying, vec![change(2)]),
            (Wanted::Finished, vec![change(1)]),
            (Wanted::Failed, vec![]),
            (Wanted::Held, vec![]),
        ] {
            assert_eq!(found(&store, of(wanted)).await, expected, "{wanted:?}");
        }
        let nobody = Some(IdentityId::from_random([9; 16]));
        assert!(found(&store, Search { identity: nobody, ..Search::default() }).await.is_empty());
        let abby = Some(identity().id);
        assert_eq!(found(&store, Search { identity: abby, offset: 1, ..Search::default() }).await, [change(1)]);
        for (n, expected) in [(1, change(1)), (3, change(2))] {
            let there = Search { source: Some(source(n).id), ..Search::default() };
            assert_eq!(found(&store, there).await, [expected]);
        }
        let mut reader = store.read().await.unwrap();
        let queues = queues(&mut reader.tx()).await.unwrap();
        let of = |n: u8| queues.iter().find(|(id, _)| *id == source(n).id).map(|(_, queue)| *queue).unwrap_or_default();
        assert!(matches!(of(1), Queue { waiting: 0, retrying: 0, confirmed_at: Some(_) }));
        assert_eq!(of(2), Queue { waiting: 1, retrying: 1, confirmed_at: None });
        assert_eq!(of(3), Queue { waiting: 1, retrying: 0, confirmed_at: None });
    });
}

#[test]
fn what_waits_for_a_later_attempt_is_due_at_once() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1, 2]).await;
        assert_eq!(retry(&store, 1).await, 0, "nothing failed yet");
        let lane = &claim(&store).await[0];
        begin(&store, lane, 1).await.unwrap();
        finish(&store, lane, in_an_hour(3)).await.unwrap();
        assert!(claim(&store).await.is_empty());
        assert_eq!(retry(&store, 1).await, 1);
        assert_eq!(retry(&store, 1).await, 0, "it is due already");
        let lanes = claim(&store).await;
        assert_eq!((lanes.len(), lanes[0].targets[0].attempts), (1, 3), "attempts count on");
        assert_eq!(targets(&store, 1).await[1].due_at, None, "the others wait for the first still");
    });
}

/// A lane that a worker has goes on as it was: the time that the worker sets at its end counts.
#[test]
fn a_lane_under_way_is_not_claimed_twice() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        let lane = &claim(&store).await[0];
        begin(&store, lane, 1).await.unwrap();
        assert_eq!(retry(&store, 1).await, 0);
        finish(&store, lane, in_an_hour(1)).await.unwrap();
        retry(&store, 1).await;
        let lane = &claim(&store).await[0];
        retry(&store, 1).await;
        assert!(claim(&store).await.is_empty());
        begin(&store, lane, 1).await.unwrap();
        finish(&store, lane, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        assert_eq!(retry(&store, 1).await, 0, "it has ended");
    });
}

#[test]
fn the_audit_is_searched_by_who_what_when_and_outcome() {
    on_both_engines(|database| async move {
        let store = database.store;
        let record = |n: i64, actor: &str, event: &'static str, object: &str, outcome| AuditRecord {
            id: format!("{:016x}{n:016x}", n * 1000),
            at: Timestamp(n * 1000),
            actor: actor.into(),
            event,
            object: object.into(),
            outcome,
            ..audit(1)
        };
        for written in [
            record(1, "identity:a", "SOURCE_CREATED", "source:s", Outcome::Passed),
            record(2, "client:c", "USER_PASSWORD_UPDATE", "identity:a", Outcome::Passed),
            record(3, "identity:b", "AUDIT_ACCESS_REFUSED", "audit:all", Outcome::Refused),
            record(4, "identity:a", "100%_SURE", "source:s", Outcome::Failed),
        ] {
            store.write(WriteAudit(written)).await.unwrap();
        }
        let mut reader = store.read().await.unwrap();
        let mut tx = reader.tx();
        let all = AuditSearch { limit: 10, ..AuditSearch::default() };
        let who = |who: &str| AuditSearch { who: Some(who.into()), ..all.clone() };
        let event = |event: &str| AuditSearch { event: Some(event.into()), ..all.clone() };
        for (search, expected) in [
            (all.clone(), vec![4, 3, 2, 1]),
            (AuditSearch { limit: 2, ..all.clone() }, vec![4, 3]),
            (who("identity:a"), vec![4, 2, 1]),
            (who("identity:"), vec![]),
            (event("password"), vec![2]),
            (event("%_s"), vec![4]),
            (event("_"), vec![4, 3, 2, 1]),
            (AuditSearch { outcome: Some(Outcome::Refused), ..all.clone() }, vec![3]),
            (AuditSearch { from: Some(Timestamp(3000)), ..all.clone() }, vec![4, 3]),
            (AuditSearch { until: Some(Timestamp(3000)), ..all.clone() }, vec![2, 1]),
            (AuditSearch { older_than: Some(format!("{:016x}{:016x}", 3000, 3)), ..all.clone() }, vec![2, 1]),
            (
                AuditSearch {
                    older_than: Some("f".repeat(32)),
                    until: Some(Timestamp(2000)),
                    from: Some(Timestamp(-5)),
                    ..all.clone()
                },
                vec![1],
            ),
        ] {
            let found = records::search(&mut tx, &search).await.unwrap();
            let found: Vec<i64> = found.iter().map(|record| record.at / 1000).collect();
            assert_eq!(found, expected, "{search:?}");
        }
    });
}
