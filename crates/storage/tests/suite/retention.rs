//! What was kept long enough goes, the rest stays.

use std::time::Duration;

use passwright_domain::change::TargetState;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::audit;
use passwright_storage::changes::{Resolution, lookup_change};
use passwright_storage::retention::{Kept, Purge};
use passwright_storage::{Store, copy};

use super::engines::on_both_engines;
use super::fixture::{accept, audit, begin, change, claim, finish, now, seed};

const DAY: Duration = Duration::from_secs(86_400);

async fn purge(store: &Store, what: Kept, before: Timestamp, most: u32) -> u64 {
    let audit = passwright_domain::audit::AuditRecord { at: now(), ..audit(u64::try_from(now().0).unwrap()) };
    store.write(Purge { what, before, most, audit }).await.unwrap()
}

async fn is_there(store: &Store, n: u8) -> bool {
    let mut reader = store.read().await.unwrap();
    lookup_change(&mut reader.tx(), &change(n, &[1]).change.id).await.unwrap().is_some()
}

#[test]
fn ended_changes_go_and_open_ones_stay() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        for n in 1..=3 {
            accept(&store, n, &[1]).await;
            let lane = &claim(&store).await[0];
            begin(&store, lane, i64::from(n)).await.unwrap();
            finish(&store, lane, Resolution::Confirmed(TargetState::Proved, String::new())).await.unwrap();
        }
        accept(&store, 4, &[1, 2]).await;
        assert_eq!(purge(&store, Kept::Changes, now() - DAY, 10).await, 0, "none has ended before yesterday");
        let tomorrow = now() + DAY;
        assert_eq!(purge(&store, Kept::Changes, tomorrow, 2).await, 2, "the oldest first");
        assert!(!is_there(&store, 1).await && !is_there(&store, 2).await && is_there(&store, 3).await);
        assert_eq!(purge(&store, Kept::Changes, tomorrow, 2).await, 1);
        assert_eq!(purge(&store, Kept::Changes, tomorrow, 2).await, 0);
        assert!(is_there(&store, 4).await, "what has not ended is never removed");
        // The account's order goes on where it was.
        let lane = &claim(&store).await[0];
        assert_eq!(lane.targets[0].seq, 4);
    });
}

#[test]
fn records_go_and_their_going_is_recorded() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        accept(&store, 1, &[1]).await;
        for what in [Kept::DigitTokens, Kept::Deliveries] {
            assert_eq!(purge(&store, what, now() + DAY, 10).await, 0);
        }
        // The fixture's records are of 1970.
        assert_eq!(purge(&store, Kept::AuditRecords, now() - DAY, 10).await, 1);
        let mut reader = store.read().await.unwrap();
        let records = audit::list(&mut reader.tx(), 0, 10).await.unwrap();
        assert_eq!(records.len(), 1);
        assert!(records[0].6.starts_with("1 "), "{records:?}");
    });
}

#[tokio::test]
async fn a_copy_is_private_whole_and_new() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("db.sqlite3"), folder.path().join("copy.sqlite3"));
    let options = passwright_storage::Options::new(format!("sqlite://{}", from.display()));
    assert!(copy::copy_database(&from, &to).is_err() && !to.exists() && !from.exists(), "nothing is made");
    Store::migrate(&options).await.unwrap();
    let store = Store::open(&options).await.unwrap();
    seed(&store).await;
    accept(&store, 1, &[1]).await;
    assert_eq!(copy::database_file(&options), Some(from.as_path()));
    copy::copy_database(&from, &to).unwrap();
    copy::check_copy(&to).unwrap();
    assert_eq!(to.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(copy::copy_database(&from, &to).is_err(), "never over something");
    let copied = Store::open(&passwright_storage::Options::new(format!("sqlite://{}", to.display()))).await.unwrap();
    assert!(is_there(&copied, 1).await);

    let damaged = folder.path().join("damaged.sqlite3");
    let bytes = std::fs::read(&from).unwrap();
    std::fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
    assert!(copy::check_copy(&damaged).is_err());
}
