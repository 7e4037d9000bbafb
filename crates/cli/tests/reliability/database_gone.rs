//! PostgreSQL stops and comes back while the service runs.

use std::time::{Duration, Instant};

use passwright_client::{ClientError, PasswordChangeState};
use passwright_testkit::{Launch, Postgres, require};

use crate::directory::{Directory, NAME, dn};
use crate::front::Front;
use crate::history::check_history;
use crate::load::{accept, info, request, start_writers, stop_writers};
use crate::openldap::OpenLdap;
use crate::site::{Plan, Role};
use crate::waiting::{PATIENCE, until, until_ready};

const USER: &str = "Abby.Smith";
/// A caller is not kept waiting longer than this for its refusal. Most are refused at once: one at a time waits.
const REFUSED: Duration = Duration::from_secs(10);
/// An attempt that could not be recorded is looked at again when its lease of 8 s is over.
const GOES_ON: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_database_the_service_refuses_and_afterwards_goes_on() {
    if require("postgresql", Postgres::missing()).is_none() {
        return;
    }
    let mut postgres = Postgres::start().unwrap();
    let directory = Directory::start(&[USER]).await;
    let plan = Plan::new().database(postgres.fresh_database().unwrap());
    let site = plan.source(&directory.source()).identity(USER, &[(NAME, &dn(USER))]).serve();
    let client = site.client();
    let pid = site.server.pid();
    let first = accept(&client, USER, NAME, "Before-all-1").await;
    let status = client.wait_for_password_change(&first, PATIENCE, |_| {}).await.unwrap();
    assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
    let info = info(&client, USER, NAME).await;

    directory.faults().refuse_connections(true);
    let waits = accept(&client, USER, NAME, "Before-the-crash-1").await;
    postgres.crash();
    // At first on connections that break, then without any.
    for _ in 0..2 {
        let asked = Instant::now();
        let refused = client.set_identity_password(&request(&info, "Refused-anyway-1")).await;
        assert!(asked.elapsed() < REFUSED, "refused only after {:?}", asked.elapsed());
        let Err(ClientError::Api(error)) = refused else { panic!("{refused:?}: {}", site.server.log()) };
        assert_eq!(error.status, 503, "{error}: {}", site.server.log());
        assert!(error.retry_after.is_some_and(|wait| wait.as_secs() >= 1), "{error}");
    }
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let ready = http.get(format!("{}/readyz", site.server.url())).send().await.unwrap();
    assert_eq!((ready.status().as_u16(), ready.headers().contains_key("retry-after")), (503, true));

    postgres.restart().unwrap();
    until_ready(site.server.url(), PATIENCE).await;
    directory.faults().refuse_connections(false);
    let status = client.wait_for_password_change(&waits, GOES_ON, |_| {}).await;
    let status = status.unwrap_or_else(|error| panic!("{error}: {}", site.server.log()));
    assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
    assert!(directory.accepts(USER, "Before-the-crash-1").await);
    let count = postgres.psql("test0", "SELECT COUNT(*) FROM password_change").unwrap();
    assert_eq!(count.trim(), "2", "what was refused is not stored");

    let after = until("changes are accepted again", PATIENCE, async || {
        client.set_identity_password(&request(&info, "After-the-crash-1")).await.ok()
    })
    .await;
    let status = client.wait_for_password_change(&after.request_id.unwrap(), PATIENCE, |_| {}).await.unwrap();
    assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
    assert!(directory.accepts(USER, "After-the-crash-1").await);
    assert_eq!(site.server.pid(), pid, "it was never started again");
}

/// Stopped in good order, then as by a power cut, while changes are accepted on several nodes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_stops_under_load_loses_nothing() {
    if require("postgresql", Postgres::missing()).is_none() {
        return;
    }
    let Some(ldap) = OpenLdap::require() else { return };
    let mut postgres = Postgres::start().unwrap();
    let plan = ldap.plan().database(postgres.fresh_database().unwrap());
    let cluster = plan.nodes([Role::Serves, Role::Serves, Role::Works].map(|role| (role, Launch::default())));
    let front = Front::new(cluster.clients());
    let writers = start_writers(&front, ldap.writers());
    front.grant_every(Duration::from_millis(100), 4);
    for crash in [false, true] {
        let goal = front.accepted() + 40;
        until("changes are accepted", PATIENCE, async || (front.accepted() >= goal).then_some(())).await;
        front.forget_seen();
        tokio::task::block_in_place(|| if crash { postgres.crash() } else { postgres.stop() });
        until("callers are refused", PATIENCE, async || (front.seen().refused >= 50).then_some(())).await;
        postgres.restart().unwrap();
        let began = Instant::now();
        let goal = front.accepted() + 20;
        until("changes are accepted again", PATIENCE, async || (front.accepted() >= goal).then_some(())).await;
        let seen = front.seen();
        println!(
            "crash {crash}: accepting again {} ms after the database was back; {seen:?}",
            began.elapsed().as_millis()
        );
        assert!(seen.longest_refusal < REFUSED, "{seen:?}");
        assert_eq!(seen.unanswered, 0, "every caller was answered");
    }
    let stories = stop_writers(&front, writers).await;
    check_history(&front, &cluster.ledger, &stories, 1, async |story, password| ldap.holds(story, password).await)
        .await;
}
