//! A change made at the system itself after acceptance is not overwritten by a retry; our own earlier attempt is not
//! taken for one.

use std::time::Duration;

use passwright_connectors::Connector;
use passwright_domain::change::{CHANGED_OUTSIDE, TargetState};
use passwright_testkit::{Samba, Slapd};

use crate::system::{Fate, System, domain, open_ldap};
use crate::world::Site;

const OURS: &str = "Ours-Corn-4711";
const THEIRS: &str = "Theirs-Corn-4712";
const NOW: Duration = Duration::ZERO;
/// Longer than the first two waits of the schedule, and than a lost connection may carry a write.
const LONG: Duration = Duration::from_secs(70);

/// Runs every case on accounts of their own.
async fn run(
    connector: impl Fn() -> Connector,
    account: impl Fn(usize) -> String,
    minutes_apart: u64,
    mistyped: usize,
) {
    let site = async |n: usize| Site::start(System::new(connector()), account(n)).await;
    changed_after_a_write_that_failed(site(0).await).await;
    our_own_write_without_an_answer(site(1).await).await;
    changed_over_our_own_write(site(2).await).await;
    success_that_was_none(site(3).await).await;
    changed_after_a_success_that_was_none(site(8).await).await;
    changed_before_the_first_look(site(4).await, minutes_apart).await;
    near_its_lock(site(5).await, mistyped - 1, TargetState::Proved).await;
    near_its_lock(site(6).await, mistyped, TargetState::Confirmed).await;
    unlocked_when_asked(site(7).await).await;
}

#[tokio::test]
async fn on_open_ldap() {
    let Some(slapd) = Slapd::require() else { return };
    run(|| open_ldap(&slapd), Slapd::user_dn, 6, 3).await;
}

#[tokio::test]
async fn on_a_domain_controller() {
    let Some(samba) = Samba::require() else { return };
    run(|| domain(&samba), Samba::user_dn, 1, 1).await;
}

async fn changed_after_a_write_that_failed(site: Site) {
    site.system.next_writes(&[Fate::Busy]);
    let id = site.accept(OURS, NOW).await;
    site.until(&id, TargetState::Retrying, 1).await;
    site.change_outside(THEIRS).await;
    site.pass(LONG);
    assert_eq!(site.until(&id, TargetState::Failed, 1).await, CHANGED_OUTSIDE);
    assert!(site.accepts(THEIRS).await);
    assert_eq!(site.system.writes(), 0);
    // A change accepted after it is written.
    let newer = site.accept(OURS, NOW).await;
    site.until(&newer, TargetState::Proved, 1).await;
    site.end().await;
}

async fn our_own_write_without_an_answer(site: Site) {
    site.system.next_writes(&[Fate::LostAfterwards]);
    let id = site.accept(OURS, NOW).await;
    site.until(&id, TargetState::Retrying, 1).await;
    site.pass(LONG);
    site.until(&id, TargetState::Proved, 2).await;
    assert_eq!(site.system.writes(), 1, "proved, not written again");
    site.end().await;
}

async fn changed_over_our_own_write(site: Site) {
    site.system.next_writes(&[Fate::LostAfterwards]);
    let id = site.accept(OURS, NOW).await;
    site.until(&id, TargetState::Retrying, 1).await;
    site.change_outside(THEIRS).await;
    // Our write might still be on its way: too early to say.
    site.pass(Duration::from_secs(6));
    let reason = site.until(&id, TargetState::Retrying, 2).await;
    assert_eq!(reason, "it is not known yet whether the earlier attempt reached the system");
    site.pass(LONG);
    assert_eq!(site.until(&id, TargetState::Failed, 3).await, CHANGED_OUTSIDE);
    assert!(site.accepts(THEIRS).await);
    assert_eq!(site.system.writes(), 1);
    site.end().await;
}

/// Each failed proof counts against the account, and none may bring it near its lock.
async fn success_that_was_none(site: Site) {
    site.system.next_writes(&[Fate::Lie, Fate::Lie]);
    let id = site.accept(OURS, NOW).await;
    let (state, attempts) = site.until_ended(&id).await;
    assert!(matches!(state, TargetState::Proved | TargetState::Confirmed), "{state:?} after {attempts}");
    assert!(!site.state().await.locked);
    assert!(site.accepts(OURS).await);
    site.end().await;
}

async fn changed_after_a_success_that_was_none(site: Site) {
    site.system.next_writes(&[Fate::Lie]);
    let id = site.accept(OURS, NOW).await;
    site.until(&id, TargetState::Retrying, 1).await;
    site.change_outside(THEIRS).await;
    site.pass(LONG);
    // Where a failed sign-in more would be too near the lock, it waits until the failures are forgotten.
    site.until_either(&id, (TargetState::Failed, 2), (TargetState::Retrying, 2)).await;
    assert!(site.accepts(THEIRS).await);
    site.end().await;
}

/// Somebody has mistyped so often that one more failure would be too near.
async fn near_its_lock(site: Site, mistyped: usize, expected: TargetState) {
    for _ in 0..mistyped {
        assert!(!site.accepts("Mistyped-1").await);
    }
    let id = site.accept(OURS, NOW).await;
    let (state, _) = site.until_ended(&id).await;
    assert_eq!(state, expected);
    assert!(!site.state().await.locked);
    assert!(site.accepts(OURS).await);
    site.end().await;
}

/// A locked account is unlocked with its change when that was asked for, and then proved; else it stays locked.
async fn unlocked_when_asked(site: Site) {
    while !site.state().await.locked {
        assert!(!site.accepts("Mistyped-1").await);
    }
    let id = site.accept(OURS, NOW).await;
    assert_eq!(site.until_ended(&id).await.0, TargetState::Confirmed);
    // A directory may unlock at a reset by itself.
    let stays_locked = site.state().await.locked;
    assert_eq!(site.accepts(OURS).await, !stays_locked);
    let id = site.accept_with("Ours-Corn-4714", NOW, true).await;
    assert_eq!(site.until_ended(&id).await.0, TargetState::Proved);
    assert!(!site.state().await.locked);
    assert!(site.accepts("Ours-Corn-4714").await);
    site.end().await;
}

/// Where the system was not reached before, the clocks count: closely where it tells its time, else by five minutes.
async fn changed_before_the_first_look(site: Site, minutes_apart: u64) {
    let apart = Duration::from_secs(60 * minutes_apart);
    site.change_outside(THEIRS).await;
    let id = site.accept(OURS, apart).await;
    assert_eq!(site.until(&id, TargetState::Failed, 0).await, CHANGED_OUTSIDE);
    assert!(site.accepts(THEIRS).await);
    let id = site.accept(OURS, NOW).await;
    site.until(&id, TargetState::Proved, 1).await;
    assert_eq!(site.system.writes(), 1);
    site.end().await;
}
