//! Sessions end when they should: by their time, one by one, all together, with the sign-in password; and a change that is
//! accepted in one is accepted whole.

use std::time::Duration;

use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::AcceptOwnChanges;
use passwright_storage::directory::sign_in_passwords::SetSignInPassword;
use passwright_storage::half_sign_ins::BeginHalfSignIn;
use passwright_storage::sessions::{CreateSession, EndSessions, Rotation, StoredSession, list, lookup_by_digest};
use passwright_storage::{StorageError, Store};

use super::engines::on_both_engines;
use super::fixture::{audit, change, identity, now, seed};

const HOUR: Duration = Duration::from_secs(3600);

fn opening(n: u64, replaces: Option<&str>) -> CreateSession {
    let session = StoredSession {
        id: format!("session{n}"),
        identity_id: identity().id,
        browser: "Firefox, Linux".into(),
        address: "192.0.2.1".into(),
        created_at: now() + Duration::from_secs(n),
        proved_at: now(),
        expires_at: now() + HOUR,
        factor: String::new(),
        factor_at: Timestamp(0),
    };
    let digest = format!("digest{n}");
    CreateSession { session, digest, replaces: replaces.map(str::to_owned), completes: None, audit: audit(1000 + n) }
}

async fn open(store: &Store, n: u64, replaces: Option<&str>) {
    assert!(store.write(opening(n, replaces)).await.unwrap());
}

async fn is_open(store: &Store, digest: &str, at: Timestamp) -> bool {
    let mut reader = store.read().await.unwrap();
    lookup_by_digest(&mut reader.tx(), digest, at).await.unwrap().is_some()
}

async fn ids(store: &Store) -> Vec<String> {
    let mut reader = store.read().await.unwrap();
    list(&mut reader.tx(), &identity().id, now()).await.unwrap().into_iter().map(|session| session.id).collect()
}

fn rotation(n: u64, digest: &str, survives_until: Timestamp) -> Rotation {
    Rotation { id: format!("session{n}"), digest: digest.to_owned(), survives_until }
}

#[test]
fn sessions_open_and_end() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        for n in 1..=3 {
            open(&store, n, None).await;
        }
        assert_eq!(ids(&store).await, ["session3", "session2", "session1"]);
        assert!(is_open(&store, "digest1", now()).await);
        assert!(!is_open(&store, "session1", now()).await && !is_open(&store, "digest4", now()).await);
        assert!(!is_open(&store, "digest1", now() + HOUR).await, "its time is over");
        open(&store, 4, Some("session1")).await;
        assert!(!is_open(&store, "digest1", now()).await, "the browser's earlier session ends with a new one");
        let end = |id: Option<&str>, n| EndSessions {
            identity_id: identity().id,
            id: id.map(str::to_owned),
            audit: audit(n),
        };
        assert_eq!(store.write(end(Some("session2"), 2000)).await.unwrap(), 1);
        assert_eq!(store.write(end(Some("session2"), 2001)).await.unwrap(), 0);
        assert_eq!(store.write(end(None, 2002)).await.unwrap(), 2);
        assert_eq!(ids(&store).await, Vec::<String>::new());
        for n in 10..70 {
            open(&store, n, None).await;
        }
        let left = ids(&store).await;
        assert_eq!((left.len(), left[0].as_str(), left[49].as_str()), (50, "session69", "session20"));
    });
}

#[test]
fn a_new_sign_in_password_ends_all_but_the_session_that_asked() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        open(&store, 1, None).await;
        open(&store, 2, None).await;
        let accept = AcceptOwnChanges {
            changes: vec![change(1, &[1]), change(2, &[2])],
            rotation: rotation(1, "fresh", now() + HOUR),
            now: now(),
        };
        store.write(accept).await.unwrap();
        assert!(is_open(&store, "fresh", now()).await && !is_open(&store, "digest1", now()).await);
        let set = |after: Duration| SetSignInPassword {
            identity_id: identity().id,
            hash: "$argon2id$".into(),
            now: now() + after,
        };
        store.write(set(Duration::from_secs(1))).await.unwrap();
        assert_eq!(ids(&store).await, ["session1"], "it asked");
        store.write(set(Duration::from_secs(2))).await.unwrap();
        assert_eq!(ids(&store).await, Vec::<String>::new(), "once");
    });
}

#[test]
fn changes_of_a_session_that_is_over_are_not_accepted() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let accept = AcceptOwnChanges {
            changes: vec![change(1, &[1])],
            rotation: rotation(9, "fresh", Timestamp(0)),
            now: now(),
        };
        let refused = store.write(accept).await;
        assert!(matches!(refused, Err(StorageError::Conflict(_))), "{refused:?}");
        let mut reader = store.read().await.unwrap();
        let found = passwright_storage::changes::lookup_change(&mut reader.tx(), &change(1, &[1]).change.id).await;
        assert_eq!(found.unwrap(), None);
    });
}

/// A half sign-in opens one session, in time, and none once the credentials changed.
#[test]
fn a_half_sign_in_opens_one_session() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let begin = |digest: &str, n: u64| BeginHalfSignIn {
            digest: digest.to_owned(),
            identity_id: identity().id,
            now: now(),
            expires_at: now() + Duration::from_secs(300),
            audit: audit(3000 + n),
        };
        let complete = async |half: &str, n: u64, at: Timestamp| {
            let CreateSession { session, digest, audit, .. } = opening(n, None);
            let session = StoredSession { factor: "totp".into(), factor_at: at, created_at: at, ..session };
            let completes = Some(half.to_owned());
            store.write(CreateSession { session, digest, replaces: None, completes, audit }).await.unwrap()
        };
        store.write(begin("half1", 1)).await.unwrap();
        assert!(!complete("half2", 11, now()).await, "another one");
        assert!(!complete("half1", 12, now() + Duration::from_secs(300)).await, "its time is over");
        let (one, other) = tokio::join!(complete("half1", 13, now()), complete("half1", 14, now()));
        assert!(one != other, "one of two at once");
        assert_eq!(ids(&store).await.len(), 1);
        let mut reader = store.read().await.unwrap();
        let opened = list(&mut reader.tx(), &identity().id, now()).await.unwrap();
        drop(reader);
        assert_eq!((opened[0].factor.as_str(), opened[0].factor_at), ("totp", opened[0].created_at));
        store.write(begin("half3", 3)).await.unwrap();
        let password = SetSignInPassword { identity_id: identity().id, hash: "hash".into(), now: now() };
        store.write(password).await.unwrap();
        assert!(!complete("half3", 15, now()).await, "the password was changed");
    });
}
