//! What the native API asks of storage: named requests, cancelling, showing.

use std::time::Duration;

use passwright_domain::change::{ChangeState, TargetState};
use passwright_domain::ids::PasswordChangeId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::Store;
use passwright_storage::changes::{
    Accepted, CancelChange, Resolution, Seen, list_of_identity, lookup_with_targets, wrote_within,
};
use passwright_storage::idempotency::{AcceptChangeOnce, ForgetIdempotencyKeys, IdempotencyKey, Named, Once};

use super::engines::on_both_engines;
use super::fixture::{accept, account, audit, begin, change, claim, finish, identity, now, seed, status, targets};

const DAY: Duration = Duration::from_secs(86_400);

fn id(n: u8) -> PasswordChangeId {
    PasswordChangeId::from_random([n; 16])
}

fn once(n: u8, name: &str, digest: &str, expires_at: Timestamp) -> AcceptChangeOnce {
    let key = IdempotencyKey { actor: "client:c".into(), text: name.into(), request_digest: digest.into() };
    AcceptChangeOnce { key, expires_at, accept: change(n, &[1]) }
}

fn new(n: u8) -> Once {
    Once::Accepted(Accepted { id: id(n), is_new: true })
}

#[test]
fn a_named_request_is_accepted_once() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let later = now() + DAY;
        assert_eq!(store.write(once(1, "a", "x", later)).await.unwrap(), new(1));
        assert_eq!(store.write(once(2, "a", "x", later)).await.unwrap(), Once::Before(Named::Same(id(1))));
        assert_eq!(store.write(once(3, "a", "y", later)).await.unwrap(), Once::Before(Named::Other));
        assert_eq!(targets(&store, 2).await.len() + targets(&store, 3).await.len(), 0, "nothing was written");
        let mut other = once(4, "a", "y", later);
        other.key.actor = "client:d".into();
        assert_eq!(store.write(other).await.unwrap(), new(4), "each caller has names of its own");

        // The ciphertext of change 1 under another name is still change 1, and so is that name afterwards.
        let mut again = once(1, "b", "x", later);
        again.accept.change.id = id(9);
        assert_eq!(store.write(again).await.unwrap(), Once::Accepted(Accepted { id: id(1), is_new: false }));
        assert_eq!(store.write(once(5, "b", "x", later)).await.unwrap(), Once::Before(Named::Same(id(1))));
    });
}

#[test]
fn one_of_many_at_the_same_time_is_accepted() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let later = now() + DAY;
        let writes = (1..=20).map(|n| store.write(once(n, "a", "x", later)));
        let answers = futures_util::future::join_all(writes).await;
        let accepted: Vec<_> = answers
            .iter()
            .filter_map(|answer| match answer.as_ref().unwrap() {
                Once::Accepted(accepted) => Some(accepted.id.clone()),
                Once::Before(_) => None,
            })
            .collect();
        assert_eq!(accepted.len(), 1, "{answers:?}");
        let same = Once::Before(Named::Same(accepted[0].clone()));
        assert_eq!(answers.iter().filter(|answer| *answer.as_ref().unwrap() == same).count(), 19);
    });
}

#[test]
fn a_name_is_free_again_after_its_time() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let past = now() - DAY;
        assert_eq!(store.write(once(1, "a", "x", past)).await.unwrap(), new(1));
        assert_eq!(store.write(once(2, "a", "y", past)).await.unwrap(), new(2));
        assert_eq!(store.write(ForgetIdempotencyKeys { now: now() }).await.unwrap(), 1);
        assert_eq!(store.write(once(3, "a", "z", now() + DAY)).await.unwrap(), new(3));
        assert_eq!(store.write(ForgetIdempotencyKeys { now: now() }).await.unwrap(), 0, "its time is not over");
    });
}

async fn cancel(store: &Store, n: u8) -> u64 {
    store.write(CancelChange { change_id: id(n), now: now(), audit: audit(90 + u64::from(n)) }).await.unwrap()
}

async fn states(store: &Store, n: u8) -> Vec<TargetState> {
    targets(store, n).await.into_iter().map(|target| target.state).collect()
}

#[test]
fn a_waiting_change_is_cancelled_whole() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1, 2]).await;
        assert_eq!(cancel(&store, 1).await, 2);
        let end = status(&store, 1).await;
        assert_eq!(end.state, ChangeState::Failed);
        assert_eq!(end.errors, ["Source 1: cancelled", "Source 2: cancelled"]);
        assert_eq!(cancel(&store, 1).await, 0, "there is nothing left to cancel");
        assert!(claim(&store).await.iter().all(|lane| lane.targets.is_empty()), "no worker finds it");
    });
}

#[test]
fn what_a_worker_may_be_at_is_left() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1, 2]).await;
        let lane = &claim(&store).await[0];
        // Claimed and not begun: the first is left, what waits for it is not.
        assert_eq!(cancel(&store, 1).await, 1);
        assert_eq!(states(&store, 1).await, [TargetState::Waiting, TargetState::NotAttempted]);
        begin(&store, lane, 1).await.unwrap();
        assert_eq!(cancel(&store, 1).await, 0, "it is being written");
        finish(&store, lane, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        let end = status(&store, 1).await;
        assert_eq!((end.state, end.errors), (ChangeState::Failed, vec!["Source 2: cancelled".to_owned()]));
    });
}

#[test]
fn a_retrying_target_is_cancelled_unless_it_may_have_been_written() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        for (n, maybe_written) in [(1, false), (2, true)] {
            accept(&store, n, &[n]).await;
            let lane = &claim(&store).await[0];
            begin(&store, lane, 1).await.unwrap();
            let retry = Resolution::Retry {
                at: now() + DAY,
                reason: "away".into(),
                maybe_written,
                attempts: 1,
                seen: Seen::AsBefore,
            };
            finish(&store, lane, retry).await.unwrap();
            assert_eq!(cancel(&store, n).await, u64::from(!maybe_written), "{n}");
        }
        assert_eq!(states(&store, 1).await, [TargetState::NotAttempted]);
        assert_eq!(states(&store, 2).await, [TargetState::Retrying]);
    });
}

#[test]
fn changes_are_shown_with_their_targets_newest_first() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1, 2]).await;
        accept(&store, 2, &[3]).await;
        let mut reader = store.read().await.unwrap();
        let mut tx = reader.tx();
        assert_eq!(lookup_with_targets(&mut tx, &id(7)).await.unwrap(), None);
        let one = lookup_with_targets(&mut tx, &id(1)).await.unwrap().unwrap();
        let names: Vec<_> = one.targets.iter().map(|target| target.source_name.as_str()).collect();
        assert_eq!(names, ["Source 1", "Source 2"]);
        assert_eq!(
            (one.targets[0].native_identity.as_str(), one.targets[0].account_name.as_str()),
            ("cn=abby1", "Abby")
        );
        assert_eq!(one.change, status(&store, 1).await);

        let person = identity().id;
        let two = lookup_with_targets(&mut tx, &id(2)).await.unwrap().unwrap();
        assert_eq!(list_of_identity(&mut tx, &person, 250, 0).await.unwrap(), [two.clone(), one.clone()]);
        assert_eq!(list_of_identity(&mut tx, &person, 1, 0).await.unwrap(), [two]);
        assert_eq!(list_of_identity(&mut tx, &person, 250, 1).await.unwrap(), [one]);
        assert_eq!(list_of_identity(&mut tx, &person, 0, 0).await.unwrap(), []);
    });
}

#[test]
fn an_own_write_is_known_while_it_is_under_way_and_for_a_while_after() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let wrote = async |within: Duration| {
            let mut reader = store.read().await.unwrap();
            wrote_within(&mut reader.tx(), &account(1).id, now(), within).await.unwrap()
        };
        accept(&store, 1, &[1]).await;
        assert!(!wrote(DAY).await, "it only waits");
        let lane = &claim(&store).await[0];
        begin(&store, lane, 1).await.unwrap();
        assert!(wrote(Duration::ZERO).await, "it is under way");
        finish(&store, lane, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        assert!(wrote(DAY).await);
        assert!(!wrote(Duration::ZERO).await, "it was before");
    });
}
