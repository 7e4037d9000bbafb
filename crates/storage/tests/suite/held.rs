//! A database that is older than the key folder's mark: what is open in it is held, released or given up.

use passwright_domain::change::{ChangeState, TargetState};
use passwright_domain::ids::PasswordChangeId;
use passwright_domain::restore::Mark;
use passwright_storage::Store;
use passwright_storage::changes::{
    AdvanceMark, Advanced, CancelHeld, ReleaseHeld, Resolution, Seen, held_changes, lookup_with_targets,
};

use super::engines::on_both_engines;
use super::fixture::{accept, audit, begin, claim, finish, now, seed, status};

async fn advance(store: &Store, folder: Option<&Mark>, n: u64) -> Advanced {
    let new_installation = "a1".to_owned();
    store.write(AdvanceMark { folder: folder.cloned(), new_installation, now: now(), audit: audit(n) }).await.unwrap()
}

/// A folder that has seen more than the database.
async fn restore(store: &Store) -> u64 {
    let Advanced { mark, held } = advance(store, None, 500).await;
    assert_eq!(held, None);
    let ahead = Mark { count: mark.count + 1, ..mark };
    advance(store, Some(&ahead), 501).await.held.expect("it is older")
}

fn change(n: u8) -> PasswordChangeId {
    PasswordChangeId::from_random([n; 16])
}

async fn release(store: &Store, n: u8) -> bool {
    store.write(ReleaseHeld { change_id: change(n), now: now(), audit: audit(600 + u64::from(n)) }).await.unwrap()
}

async fn states(store: &Store, n: u8) -> Vec<(TargetState, bool)> {
    let mut reader = store.read().await.unwrap();
    let stored = lookup_with_targets(&mut reader.tx(), &change(n)).await.unwrap().unwrap();
    stored.targets.iter().map(|target| (target.state, target.due_at.is_some())).collect()
}

#[test]
fn marks_go_on_where_the_database_is_not_older() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        let mut folder = None;
        for count in 1..4 {
            let advanced = advance(&store, folder.as_ref(), 1).await;
            assert_eq!((advanced.mark.count, advanced.held), (count, None));
            folder = Some(advanced.mark);
        }
        assert_eq!(claim(&store).await.len(), 1, "nothing is held");
    });
}

#[test]
fn nothing_of_an_older_database_is_claimed_before_its_release() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1, 2]).await;
        accept(&store, 2, &[3]).await;
        // One was just being written.
        let under_way = &claim(&store).await[0];
        assert_eq!(begin(&store, under_way, 1).await.unwrap(), passwright_storage::changes::Begun::Go);
        assert_eq!(restore(&store).await, 2);
        assert!(claim(&store).await.is_empty());
        assert!(finish(&store, under_way, Resolution::Confirmed(TargetState::Proved, String::new())).await.is_err());
        let mut reader = store.read().await.unwrap();
        let held: Vec<_> = held_changes(&mut reader.tx(), 9).await.unwrap().into_iter().map(|(id, _)| id).collect();
        drop(reader);
        assert_eq!(held, [change(1), change(2)]);
        assert!(status(&store, 1).await.held_at.is_some());

        assert!(release(&store, 1).await);
        assert!(!release(&store, 1).await, "once");
        let lanes = claim(&store).await;
        assert_eq!(lanes.len(), 1);
        let target = &lanes[0].targets[0];
        assert_eq!((target.change_id.clone(), target.position, target.maybe_written), (change(1), 0, true));
        begin(&store, &lanes[0], 1).await.unwrap();
        finish(&store, &lanes[0], Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        assert_eq!(claim(&store).await[0].targets[0].position, 1, "the others follow the first");
    });
}

#[test]
fn a_release_goes_on_where_the_change_stood() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1, 2, 3]).await;
        let lane = &claim(&store).await[0];
        begin(&store, lane, 1).await.unwrap();
        finish(&store, lane, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        let lane = &claim(&store).await[0];
        begin(&store, lane, 1).await.unwrap();
        let away = Resolution::Retry {
            at: now() + std::time::Duration::from_secs(3600),
            reason: "down".into(),
            maybe_written: false,
            attempts: 1,
            seen: Seen::AsBefore,
        };
        finish(&store, lane, away).await.unwrap();
        assert_eq!(restore(&store).await, 1);
        let (proved, waiting, retrying) = (TargetState::Proved, TargetState::Waiting, TargetState::Retrying);
        assert_eq!(states(&store, 1).await, [(proved, false), (retrying, false), (waiting, false)]);
        assert!(release(&store, 1).await);
        assert_eq!(states(&store, 1).await, [(proved, false), (retrying, true), (waiting, true)]);
        let lanes = claim(&store).await;
        assert_eq!(lanes.len(), 2);
        // What this database does not know of may have written it: a sign-in is to tell, before it is written.
        for target in lanes.iter().flat_map(|lane| &lane.targets) {
            assert_eq!((target.maybe_written, target.restored), (true, true), "{target:?}");
        }
        // What was known of the attempt before the backup still counts: a later change at the system is not to be undone.
        let begun: Vec<_> = lanes.iter().flat_map(|lane| &lane.targets).map(|t| t.begun_fence.is_some()).collect();
        assert_eq!(begun.iter().filter(|begun| **begun).count(), 1, "{begun:?}");
    });
}

#[test]
fn a_held_change_is_given_up_and_its_password_erased() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1, 2]).await;
        let lane = &claim(&store).await[0];
        begin(&store, lane, 1).await.unwrap();
        restore(&store).await;
        let cancel =
            |n: u64| CancelHeld { change_id: change(1), reason: "cancelled".into(), now: now(), audit: audit(700 + n) };
        assert!(store.write(cancel(1)).await.unwrap());
        assert!(!store.write(cancel(2)).await.unwrap(), "once");
        let end = status(&store, 1).await;
        assert_eq!((end.state, end.ended_at.is_some()), (ChangeState::Failed, true));
        assert_eq!(end.errors, ["Source 1: cancelled", "Source 2: cancelled"]);
        // What may have been written is not said to have been left alone.
        assert_eq!(states(&store, 1).await, [(TargetState::Failed, false), (TargetState::NotAttempted, false)]);
        assert!(!release(&store, 1).await);
    });
}

#[test]
fn a_newer_change_goes_before_what_is_held() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        restore(&store).await;
        accept(&store, 2, &[1]).await;
        let lane = &claim(&store).await[0];
        assert_eq!(lane.targets.iter().map(|t| t.seq).collect::<Vec<_>>(), [2]);
        begin(&store, lane, 2).await.unwrap();
        finish(&store, lane, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        assert_eq!(status(&store, 1).await.errors, ["Superseded by a newer password change"]);
    });
}
