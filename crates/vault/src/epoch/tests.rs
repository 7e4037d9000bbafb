//! The ratchet under a clock moved by hand, on real files.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _};

use super::*;
use crate::sealing::{Sealed, open, seal};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Noon of day 20,000.
const NOON: Timestamp = Timestamp((20_000 * 24 + 12) * 3600 * Timestamp::SECOND);

struct Node {
    dir: tempfile::TempDir,
}

impl Node {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("epoch.keys")
    }

    fn open(&self, now: Timestamp) -> EpochKeys {
        EpochKeys::open_or_create(&self.path(), now).unwrap()
    }

    fn copy(&self) -> Self {
        let other = Self::new();
        // Keeps the mode.
        fs::copy(self.path(), other.path()).unwrap();
        other
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }
}

/// Drives the clock hourly, as the service does.
fn run(keys: &EpochKeys, from: Timestamp, hours: u32) -> Timestamp {
    for hour in 1..=hours {
        keys.advance(from + HOUR * hour).unwrap();
    }
    from + HOUR * hours
}

#[test]
fn the_key_of_a_day_stays_the_same_until_its_retention_is_over() {
    let node = Node::new();
    let keys = node.open(NOON);
    let (epoch, first) = keys.current(NOON);
    assert_eq!(epoch, 20_000);
    assert!(keys.key(epoch - 1).is_none());
    // Day 20,000 ends 12 h after noon; 72 h later its key goes.
    let last = run(&keys, NOON, 12 + 71);
    assert!(keys.key(epoch).unwrap().ct_eq(&first));
    assert!(node.open(last).key(epoch).unwrap().ct_eq(&first));
    run(&keys, last, 1);
    assert!(keys.key(epoch).is_none());
    assert!(keys.key(epoch + 1).is_some());
    assert!(node.open(last + HOUR).key(epoch).is_none());
}

/// 400 days with sealed records, restarts and a second node that is driven apart: records open for at least 72 h on
/// both, and none opens five days after it was sealed.
#[test]
fn four_hundred_days() {
    let node = Node::new();
    let mut keys = node.open(NOON);
    let copy = node.copy();
    let other = copy.open(NOON);
    let mut records: HashMap<u32, (Timestamp, i64, Sealed)> = HashMap::new();
    for step in 0..400 * 4 {
        let now = NOON + 6 * HOUR * step;
        keys.advance(now).unwrap();
        if step % 3 == 0 {
            other.advance(now).unwrap();
        }
        if step % 50 == 49 {
            keys = node.open(now);
        }
        let (epoch, key) = keys.current(now);
        assert_eq!(epoch, epoch_of(now));
        let (_, on_other) = other.current(now);
        assert!(key.ct_eq(&on_other));
        assert_eq!(keys.check_value(epoch), other.check_value(epoch));
        records.insert(step, (now, epoch, seal(&key, b"", b"password").unwrap()));
        records.retain(|_, (sealed_at, epoch, sealed)| {
            let age = now.since(*sealed_at);
            let opens = |keys: &EpochKeys| keys.key(*epoch).is_some_and(|key| open(&key, sealed, b"").is_ok());
            if age <= 72 * HOUR {
                assert!(opens(&keys) && opens(&other), "{age:?}");
            }
            if age > 5 * DAY {
                assert!(!opens(&keys) && !opens(&other), "{age:?}");
            }
            age <= 5 * DAY
        });
    }
}

#[test]
fn destroyed_keys_are_overwritten_on_disk() {
    let node = Node::new();
    let keys = node.open(NOON);
    let before = node.text();
    let mut old = File::open(node.path()).unwrap();
    run(&keys, NOON, 24 * 10);
    let key_line = before.lines().find(|line| line.starts_with("key ")).unwrap();
    assert!(!node.text().contains(key_line));
    let mut content = Vec::new();
    old.rewind().unwrap();
    old.read_to_end(&mut content).unwrap();
    assert_eq!(content, vec![0; before.len()]);
    let names: Vec<_> = fs::read_dir(node.dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_clock_that_leaps_destroys_nothing_and_can_be_put_right() {
    let node = Node::new();
    let keys = node.open(NOON);
    let (epoch, key) = keys.current(NOON);
    let leapt = NOON + 400 * DAY;
    assert_eq!(keys.advance(leapt).unwrap(), Observation::Leapt);
    assert!(keys.key(epoch).unwrap().ct_eq(&key));
    // Sealing goes on, under a key that every node can compute.
    let (far, far_key) = keys.current(leapt);
    assert_eq!(far, epoch + 400);
    assert!(node.copy().open(NOON + HOUR).key(far).unwrap().ct_eq(&far_key));
    assert!(node.open(leapt).key(epoch).is_some());

    let back = NOON + HOUR;
    assert_eq!(keys.advance(back).unwrap(), Observation::Normal);
    assert_eq!(keys.current(back).0, epoch);
    assert!(keys.key(epoch).unwrap().ct_eq(&key));
    assert!(keys.key(far).unwrap().ct_eq(&far_key));
}

#[test]
fn a_node_that_was_off_for_days_catches_up_after_a_day() {
    let node = Node::new();
    let (epoch, _) = node.open(NOON).current(NOON);
    let later = NOON + 30 * DAY;
    let keys = node.open(later);
    assert_eq!(keys.current(later).0, epoch + 30);
    assert!(keys.key(epoch).is_some());
    run(&keys, later, 23);
    assert!(keys.key(epoch).is_some());
    // The watch goes on over a restart.
    let keys = node.open(later + 24 * HOUR);
    assert!(keys.key(epoch).is_none());
    assert!(keys.key(epoch + 30).is_some());
}

#[test]
fn a_clock_that_goes_back_moves_nothing() {
    let node = Node::new();
    let keys = node.open(NOON);
    let (epoch, key) = keys.current(NOON);
    let text = node.text();
    for back in [HOUR, 30 * DAY, 10_000 * DAY] {
        let past = NOON - back;
        assert_eq!(keys.advance(past).unwrap(), Observation::Backwards);
        assert_eq!(keys.current(past).0, epoch);
        let reopened = node.open(past);
        assert_eq!(reopened.current(past).0, epoch);
        assert!(reopened.current(past).1.ct_eq(&key));
    }
    assert_eq!(node.text(), text);
}

#[test]
fn midnight_without_advance_and_absurd_times() {
    let keys = Node::new().open(NOON);
    assert_eq!(keys.current(NOON + 12 * HOUR).0, 20_001);
    let (far, key) = keys.current(Timestamp(i64::MAX));
    assert_eq!(far, 20_000 + MAX_AHEAD);
    assert!(keys.key(far).unwrap().ct_eq(&key));
    assert!(keys.key(far + 1).is_none());
    assert!(keys.key(i64::MIN).is_none() && keys.key(i64::MAX).is_none());
    assert_eq!(keys.current(Timestamp(i64::MIN)).0, 20_000);
}

#[test]
fn processes_that_share_the_file_agree() {
    let node = Node::new();
    let one = node.open(NOON);
    let other = node.open(NOON);
    let now = run(&one, NOON, 24 * 6);
    // The other slept; it must not bring destroyed keys back into the file, nor keep them.
    assert!(other.key(20_000).is_some());
    other.advance(now).unwrap();
    assert!(other.key(20_000).is_none());
    assert!(node.open(now).key(20_000).is_none());
    assert!(one.current(now).1.ct_eq(&other.current(now).1));
}

/// A backup of the file brings old keys back only until the next call.
#[test]
fn a_restored_file_is_moved_on_again() {
    let node = Node::new();
    let keys = node.open(NOON);
    let old = node.text();
    let now = run(&keys, NOON, 24 * 6);
    fs::write(node.path(), &old).unwrap();
    keys.advance(now).unwrap();
    let key_line = old.lines().find(|line| line.starts_with("key ")).unwrap();
    assert!(!node.text().contains(key_line));
    assert!(node.open(now).current(now).1.ct_eq(&keys.current(now).1));
}

/// Every node and every release must compute the same keys from the same file.
#[test]
fn the_file_and_the_ratchet_are_fixed() {
    let node = Node::new();
    drop(node.open(NOON));
    let key = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    let text = format!("passwright-epoch-keys-1\noldest 19998\nkey {key}\ntrusted-at {}\nleap none\n", NOON.0);
    fs::write(node.path(), text).unwrap();
    let keys = node.open(NOON);
    assert_eq!(keys.key(19_998).unwrap().expose(), &[7; 32]);
    assert_eq!(
        digest::sha256_hex(keys.key(20_001).unwrap().expose()),
        "f5623d17119401e4f20083b2716a354ce458594b261a8cc3ec759697d7ad5019"
    );
    assert_eq!(keys.check_value(20_000).unwrap(), "de03b4e27d0a65ce8ac6f082bd705b55e7ee893c1279c3bcca5a5408497884cf");
}

#[test]
fn threads_read_while_the_ratchet_moves() {
    let node = Node::new();
    let keys = node.open(NOON);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for step in 0..2_000 {
                    let now = NOON + Duration::from_secs(step * 200);
                    let (epoch, key) = keys.current(now);
                    if let Some(again) = keys.key(epoch) {
                        assert!(again.ct_eq(&key));
                    }
                }
            });
        }
        run(&keys, NOON, 100);
    });
}

#[test]
fn a_file_of_another_kind_is_refused_and_kept() {
    let node = Node::new();
    let keys = node.open(NOON);
    let good = node.text();
    for wrong in [
        String::new(),
        good.replace("keys-1", "keys-2"),
        good.replace("leap none\n", ""),
        good.replace("leap none", "leap 5"),
        format!("{good}more\n"),
        good.replace("oldest 20000", "oldest 9223372036854775807"),
        good.replace("key ", "key A"),
    ] {
        fs::write(node.path(), &wrong).unwrap();
        let opened = EpochKeys::open_or_create(&node.path(), NOON);
        assert!(matches!(opened.err(), Some(EpochFault::Malformed { .. })), "{wrong}");
        assert!(matches!(keys.advance(NOON), Err(EpochFault::Malformed { .. })));
        assert_eq!(node.text(), wrong);
    }
    let other = Node::new();
    drop(other.open(NOON));
    fs::copy(other.path(), node.path()).unwrap();
    assert!(matches!(keys.advance(NOON), Err(EpochFault::Replaced { .. })));
    fs::remove_file(node.path()).unwrap();
    assert!(matches!(keys.advance(NOON), Err(EpochFault::File(FileFault::Missing { .. }))));
    assert!(!node.path().exists());
    assert_eq!(keys.current(NOON).0, 20_000);
}
