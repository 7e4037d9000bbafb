//! A stopped source stays stopped, and one node at a time may try it.

use std::time::Duration;

use passwright_storage::source_stops::{MoveProbe, ResumeSource, SourceStop, StopSource, list};
use passwright_storage::{Store, settings};

use super::engines::on_both_engines;
use super::fixture::{audit, now, seed, source};

const PAUSE: Duration = Duration::from_secs(1800);

fn stop(n: u64, print: &str) -> StopSource {
    StopSource {
        source_id: source(1).id,
        settings_print: print.to_owned(),
        reason: "refused".to_owned(),
        detail: format!("detail {n}"),
        pause: PAUSE,
        now: now(),
        audit: audit(n),
    }
}

fn probe(print: &str, pause: Duration, only_due: bool) -> MoveProbe {
    MoveProbe { source_id: source(1).id, settings_print: print.to_owned(), pause, now: now(), only_due }
}

async fn stopped(store: &Store) -> Vec<SourceStop> {
    let mut reader = store.read().await.unwrap();
    list(&mut reader.tx(), now()).await.unwrap().0
}

async fn version(store: &Store) -> String {
    let mut reader = store.read().await.unwrap();
    settings::catalog_version(&mut reader.tx()).await.unwrap()
}

#[test]
fn a_stop_is_told_to_every_node_and_probed_by_one() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        let before = version(&store).await;
        store.write(stop(1, "a")).await.unwrap();
        assert_ne!(version(&store).await, before);
        let first = stopped(&store).await.remove(0);
        assert_eq!((first.detail.as_str(), first.settings_print.as_str()), ("detail 1", "a"));
        assert!(first.probe_at > first.stopped_at + PAUSE / 2);
        assert!(!store.write(probe("a", PAUSE, true)).await.unwrap(), "not due yet");

        store.write(probe("a", Duration::ZERO, false)).await.unwrap();
        assert!(!store.write(probe("b", PAUSE, true)).await.unwrap(), "other settings");
        let (one, other) = tokio::join!(store.write(probe("a", PAUSE, true)), store.write(probe("a", PAUSE, true)));
        assert!(one.unwrap() != other.unwrap(), "one node has the probe");

        store.write(stop(2, "a")).await.unwrap();
        let again = stopped(&store).await.remove(0);
        assert_eq!((again.detail.as_str(), again.stopped_at), ("detail 2", first.stopped_at), "stopped since then");

        let resume = |n, print: &str| {
            let (source_id, settings_print) = (source(1).id, print.to_owned());
            store.write(ResumeSource { source_id, settings_print, now: now(), audit: audit(n) })
        };
        assert!(!resume(3, "b").await.unwrap());
        let before = version(&store).await;
        assert!(resume(3, "a").await.unwrap());
        assert_ne!(version(&store).await, before);
        assert_eq!(stopped(&store).await, []);
    });
}
