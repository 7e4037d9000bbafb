//! What must be true once everything has come to rest, whatever happened before.

use std::time::{Duration, Instant};

use crate::front::Front;
use crate::ledger::Ledger;
use crate::load::Story;

use passwright_client::PasswordChangeState;

const SUPERSEDED: &str = "Superseded by a newer password change";
/// Every change ends within this time after the last fault is over: a lease, an attempt nobody heard of, and the load.
/// A target may be at its third retry, three minutes after the second.
pub(crate) const SETTLED: Duration = Duration::from_secs(360);

/// Nothing lost, nothing out of order, no number twice, nothing stale, no payload left.
///
/// `holds` tells whether an account signs in with a password; `forgets`, how many older passwords of each account are
/// tried, which count as failed sign-ins there.
pub(crate) async fn check_history(
    front: &Front,
    ledger: &Ledger,
    stories: &[Story],
    forgets: usize,
    holds: impl AsyncFn(&Story, &str) -> bool,
) {
    let deadline = Instant::now() + SETTLED;
    loop {
        let open = ledger.open_targets().await;
        if open.is_empty() {
            break;
        }
        assert!(Instant::now() < deadline, "not ended within {SETTLED:?}: {open:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let targets = ledger.targets().await;
    let mut superseded = 0;
    for (door, story) in stories.iter().enumerate() {
        let place = format!("{} on {}", story.user, story.source);
        let of_lane = |row: &&_| is_of(row, story);
        let lane: Vec<_> = targets.iter().filter(of_lane).map(|row| row.change_id.as_str()).collect();
        let accepted: Vec<_> = story.accepted.iter().map(|change| change.id.as_str()).collect();
        assert_eq!(lane, accepted, "{place}: lost, out of order, or accepted without an answer");
        for (index, change) in story.accepted.iter().enumerate() {
            let status = front.end_of(door + index, &change.id, SETTLED).await;
            let status = status.unwrap_or_else(|error| panic!("{place}: {}: {error}", change.id));
            let is_newest = index + 1 == accepted.len();
            let truthful = match status.state {
                PasswordChangeState::Finished => status.errors.is_empty(),
                PasswordChangeState::Failed => !is_newest && status.errors == [SUPERSEDED],
                PasswordChangeState::InProgress => false,
            };
            assert!(truthful, "{place}: {status:?}\n{:#?}", ledger.target_of(&change.id).await);
            superseded += usize::from(status.state == PasswordChangeState::Failed);
        }
        let Some((newest, older)) = story.accepted.split_last() else { continue };
        assert!(holds(story, &newest.password).await, "{place}: the newest password does not sign in");
        for change in older.iter().rev().take(forgets) {
            assert!(!holds(story, &change.password).await, "{place}: another password than the newest signs in");
        }
    }
    ledger.check_sequences().await;
    assert_eq!(ledger.waiting_payloads().await, 0, "every payload is erased at the end of its change");
    let accepted: usize = stories.iter().map(|story| story.accepted.len()).sum();
    let longest = ledger.longest_wait().await;
    println!(
        "accepted {accepted}, lost 0, stale 0, duplicate numbers 0; finished {}, superseded {superseded}; \
         longest from acceptance to end {longest} ms",
        accepted - superseded
    );
}

fn is_of(row: &crate::ledger::TargetRow, story: &Story) -> bool {
    row.source == story.source && row.native_identity == story.native_identity
}
