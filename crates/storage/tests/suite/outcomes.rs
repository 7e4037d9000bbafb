//! Finishing: ends, supersession, erasure.

use passwright_domain::change::{ChangeState, EndReason, INVALID_PAYLOAD, SUPERSEDED, TargetState};
use passwright_storage::changes::{FailChange, Resolution};
use passwright_storage::{Store, Tx};

use super::engines::on_both_engines;
use super::fixture::{accept, audit, begin, claim, finish, now, seed, status, targets};

fn confirmed() -> Resolution {
    Resolution::Confirmed(TargetState::Proved, String::new())
}

/// Payloads that still lie in the database.
async fn payloads(store: &Store) -> i64 {
    let sql = "SELECT COUNT(*) FROM password_change WHERE wrapped_key IS NOT NULL OR ciphertext IS NOT NULL";
    let mut reader = store.read().await.unwrap();
    let (count,): (i64,) = match &mut reader.tx() {
        Tx::Sqlite(c) => c.fetch(sql, &[], 1).unwrap().pop().unwrap(),
        Tx::Postgres(c) => sqlx::query_as(sql).fetch_one(&mut **c).await.unwrap(),
    };
    count
}

#[test]
fn a_confirmed_change_finishes_and_its_payload_is_erased_with_it() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        assert_eq!(payloads(&store).await, 1);
        let lane = &claim(&store).await[0];
        begin(&store, lane, 1).await.unwrap();
        finish(&store, lane, confirmed()).await.unwrap();
        let end = status(&store, 1).await;
        assert_eq!((end.state, end.errors.len()), (ChangeState::Finished, 0));
        assert_eq!(payloads(&store).await, 0);
    });
}

#[test]
fn a_confirmed_newer_change_supersedes_every_older_one() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        for n in 1..=4 {
            accept(&store, n, &[1]).await;
        }
        accept(&store, 5, &[1, 2]).await;
        accept(&store, 6, &[1]).await;
        let lane = &claim(&store).await[0];
        assert_eq!(lane.targets[0].seq, 6);
        begin(&store, lane, 6).await.unwrap();
        finish(&store, lane, confirmed()).await.unwrap();
        assert_eq!(status(&store, 6).await.state, ChangeState::Finished);
        for n in 1..=5 {
            let end = status(&store, n).await;
            assert_eq!((end.state, end.errors), (ChangeState::Failed, vec![SUPERSEDED.to_owned()]), "change {n}");
            assert_eq!(end.released_at, end.ended_at, "shown at once");
        }
        assert_eq!(payloads(&store).await, 0);
        assert!(claim(&store).await.is_empty(), "no lane is left for the second account of change 5");
    });
}

#[test]
fn a_refusing_first_target_leaves_the_others_untried() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1, 2, 3]).await;
        let lane = &claim(&store).await[0];
        begin(&store, lane, 1).await.unwrap();
        finish(&store, lane, Resolution::Ended(TargetState::Refused, "too short".into())).await.unwrap();
        let states: Vec<_> = targets(&store, 1).await.into_iter().map(|t| t.state).collect();
        assert_eq!(states, [TargetState::Refused, TargetState::NotAttempted, TargetState::NotAttempted]);
        let end = status(&store, 1).await;
        assert_eq!(end.state, ChangeState::Failed);
        assert_eq!(end.errors[0], "Source 1: too short");
        assert!(claim(&store).await.is_empty());
    });
}

#[test]
fn an_invalid_payload_ends_the_change_and_no_older_one() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        accept(&store, 2, &[1, 2]).await;
        let lane = &claim(&store).await[0];
        let fail = FailChange {
            account_id: lane.account_id.clone(),
            fence: lane.fence,
            change_id: lane.targets[0].change_id.clone(),
            reason: EndReason::Payload,
            errors: vec![INVALID_PAYLOAD.to_owned()],
            now: now(),
            audit: audit(99),
            counted: None,
        };
        store.write(fail).await.unwrap();
        let end = status(&store, 2).await;
        assert_eq!((end.state, end.errors), (ChangeState::Failed, vec![INVALID_PAYLOAD.to_owned()]));
        assert!(end.released_at.unwrap() >= end.accepted_at + std::time::Duration::from_secs(1));
        assert_eq!(end.released_at.unwrap().0 % 1_000_000, 0, "on a whole second");
        let lane = &claim(&store).await[0];
        assert_eq!(lane.targets[0].seq, 1, "the older change goes on");
    });
}

#[test]
fn two_last_targets_that_end_at_once_end_the_change() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        for n in 10..30 {
            accept(&store, n, &[1, 2, 3]).await;
            let first = &claim(&store).await[0];
            begin(&store, first, first.targets[0].seq).await.unwrap();
            finish(&store, first, confirmed()).await.unwrap();
            let lanes = claim(&store).await;
            for lane in &lanes {
                begin(&store, lane, lane.targets[0].seq).await.unwrap();
            }
            let (one, other) =
                tokio::join!(finish(&store, &lanes[0], confirmed()), finish(&store, &lanes[1], confirmed()));
            one.unwrap();
            other.unwrap();
            assert_eq!(status(&store, n).await.state, ChangeState::Finished, "change {n}");
        }
        assert_eq!(payloads(&store).await, 0);
    });
}
