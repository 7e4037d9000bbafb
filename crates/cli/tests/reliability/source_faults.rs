//! Sources that are down, busy, cut off in the middle of a write, or lie.

use std::time::Duration;

use passwright_client::{Client, PasswordChangeState, PasswordStatus};
use passwright_minidir::{ALWAYS, Faults};

use crate::directory::{Directory, FIRST_PASSWORD, NAME, dn};
use crate::load::accept;
use crate::site::{Plan, Site};
use crate::waiting::{PATIENCE, until};

const USER: &str = "Abby.Smith";
const NEW: &str = "Second-pass-2";

/// A service whose one source is a directory with faults.
struct Fixture {
    directory: Directory,
    site: Site,
    client: std::sync::Arc<Client>,
}

impl Fixture {
    async fn new() -> Self {
        let directory = Directory::start(&[USER]).await;
        let plan = Plan::new().source(&directory.source()).identity(USER, &[(NAME, &dn(USER))]);
        let site = plan.serve();
        let client = site.client();
        Self { directory, site, client }
    }

    async fn accept(&self) -> String {
        accept(&self.client, USER, NAME, NEW).await
    }

    async fn end_of(&self, id: &str) -> PasswordStatus {
        self.client.wait_for_password_change(id, PATIENCE, |_| {}).await.unwrap()
    }

    async fn state(&self, id: &str) -> PasswordChangeState {
        self.client.get_identity_password_change_status(id).await.unwrap().state
    }

    /// Waits until an attempt is recorded as failed for now.
    async fn until_retrying(&self, id: &str, attempts: i64) {
        until("the target is to be tried again", PATIENCE, async || {
            let target = self.site.ledger().target_of(id).await;
            (target.state == "retrying" && target.attempts == attempts).then_some(())
        })
        .await;
    }

    async fn check_finished(&self, id: &str) {
        let status = self.end_of(id).await;
        assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}\n{}", self.site.server.log());
        assert!(status.errors.is_empty(), "{status:?}");
        assert!(self.directory.accepts(USER, NEW).await);
        assert!(!self.directory.accepts(USER, FIRST_PASSWORD).await);
        assert_eq!(self.site.ledger().waiting_payloads().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_for_a_source_that_is_down_survives_a_crash_and_is_applied_later() {
    let mut fixture = Fixture::new().await;
    fixture.directory.faults().refuse_connections(true);
    let id = fixture.accept().await;
    fixture.until_retrying(&id, 1).await;
    assert_eq!(fixture.state(&id).await, PasswordChangeState::InProgress);
    assert_eq!(fixture.site.ledger().waiting_payloads().await, 1);
    fixture.site.server.kill();
    fixture.site.server.restart().unwrap();
    assert_eq!(fixture.state(&id).await, PasswordChangeState::InProgress, "known after the crash");
    fixture.directory.faults().refuse_connections(false);
    assert!(fixture.directory.accepts(USER, FIRST_PASSWORD).await);
    fixture.check_finished(&id).await;
}

/// The service dies between its write and the directory's answer: whether the password is there is not known.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_answer_a_crash_cut_off_is_resolved() {
    let mut fixture = Fixture::new().await;
    // Connections are made and kept, so that only the write itself is slow.
    let first = accept(&fixture.client, USER, NAME, "Interim-pass-1").await;
    assert_eq!(fixture.end_of(&first).await.state, PasswordChangeState::Finished);
    fixture.directory.faults().delay_answers(Duration::from_millis(1800));
    let id = fixture.accept().await;
    until("the write is there and not answered", PATIENCE, async || {
        let writing = fixture.site.ledger().target_of(&id).await.state == "writing";
        (writing && fixture.directory.accepts(USER, NEW).await).then_some(())
    })
    .await;
    fixture.site.server.kill();
    assert_eq!(fixture.site.ledger().target_of(&id).await.state, "writing", "killed before the answer was recorded");
    fixture.directory.faults().clear();
    fixture.site.server.restart().unwrap();
    // At once: no lease has to run out, which would take 8 s. The directory would refuse the same password a second time.
    let status = fixture.client.wait_for_password_change(&id, Duration::from_secs(5), |_| {}).await.unwrap();
    assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
    fixture.check_finished(&id).await;
}

/// The first attempt fails for now, the second, five seconds later, succeeds.
async fn second_attempt_succeeds(switch_on: impl FnOnce(&Faults)) {
    let fixture = Fixture::new().await;
    switch_on(fixture.directory.faults());
    let id = fixture.accept().await;
    fixture.until_retrying(&id, 1).await;
    assert_eq!(fixture.state(&id).await, PasswordChangeState::InProgress);
    fixture.check_finished(&id).await;
    assert_eq!(fixture.site.ledger().target_of(&id).await.state, "proved");
}

/// Busy; cut off before the write; cut off after it. In the last case the directory's history would refuse to take the
/// password twice: only a proof tells that it is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passing_fault_and_an_unknown_outcome_are_resolved_by_the_second_attempt() {
    tokio::join!(
        second_attempt_succeeds(|faults| faults.busy_writes(1)),
        second_attempt_succeeds(|faults| faults.drop_before_write(1)),
        second_attempt_succeeds(|faults| faults.drop_after_write(1)),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_answers_success_and_changes_nothing_is_never_believed() {
    let fixture = Fixture::new().await;
    fixture.directory.faults().lie(ALWAYS);
    let id = fixture.accept().await;
    for attempt in 1..=2 {
        fixture.until_retrying(&id, attempt).await;
        assert_eq!(fixture.state(&id).await, PasswordChangeState::InProgress);
        assert!(fixture.directory.accepts(USER, FIRST_PASSWORD).await);
        assert!(!fixture.directory.accepts(USER, NEW).await);
    }
    // The truth from then on: a newer change that the source does take ends the older one too.
    fixture.directory.faults().clear();
    let newer = accept(&fixture.client, USER, NAME, "Third-pass-3").await;
    assert_eq!(fixture.end_of(&newer).await.state, PasswordChangeState::Finished);
    let older = fixture.end_of(&id).await;
    assert_eq!(
        (older.state, older.errors),
        (PasswordChangeState::Failed, vec!["Superseded by a newer password change".to_owned()])
    );
    assert!(fixture.directory.accepts(USER, "Third-pass-3").await);
}
