//! 100 requests in 10 s for each client and API version; what is over gets 429 and the time to wait.

use std::time::{Duration, Instant};

use passwright_client::PathFamily;
use passwright_domain::client::RateLimit;
use passwright_testkit::Login;

use crate::support::fixture::{ALL, Fixture};
use crate::support::{Answer, Caller, shared, until};

const WINDOW: Duration = Duration::from_secs(10);

async fn ask(caller: &Caller, family: PathFamily) -> Answer {
    caller.get(&family.path("password-change-status", "/089899f13a8f4da7824996191587bab9")).await
}

#[tokio::test]
async fn a_hundred_requests_for_each_client_and_version() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let grant = fixture.client_with(ALL, RateLimit::DEFAULT, 3600).await;
    let (caller, again) = (grant.caller(&server).await, grant.caller(&server).await);
    let bulk = Caller::of(&server, Login::BulkClient).await;
    let mut limited = Vec::new();
    for family in PathFamily::ALL {
        let before = Instant::now();
        // A new token is no new client.
        let mut in_time = 0;
        for number in 0..100 {
            let answer = ask(if number % 2 == 0 { &caller } else { &again }, family).await;
            assert_eq!(answer.status, 404, "request {number} in {family}: {}", answer.text);
            in_time += 1;
        }
        let over = ask(&caller, family).await;
        if before.elapsed() >= WINDOW {
            continue; // So slow a machine opened another window meanwhile.
        }
        assert_eq!(over.status, 429, "after {in_time} in {family}: {}", over.text);
        assert_eq!(over.text, r#"{"message":" Rate Limit Exceeded "}"#);
        over.check_error_form();
        let wait: u64 = over.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=10).contains(&wait), "{wait}");
        assert_eq!(ask(&bulk, family).await.status, 404, "another client is not touched");
        limited.push((family, Instant::now() + Duration::from_secs(wait)));
    }
    assert!(limited.len() >= 3, "too slow to show it: {limited:?}");
    // Who waits as told is served again.
    let (family, at) = limited[0];
    until("the window is over", async || (ask(&caller, family).await.status == 404).then_some(())).await;
    assert!(Instant::now() < at + Duration::from_secs(1), "Retry-After was too short");
}

#[tokio::test]
async fn the_bulk_client_has_a_limit_of_its_own() {
    let server = shared();
    let bulk = Caller::of(&server, Login::BulkClient).await;
    for number in 0..150 {
        assert_eq!(ask(&bulk, PathFamily::Beta).await.status, 404, "request {number}");
    }
}

/// What is refused for want of a right or a good body counts; what has no token cannot be counted.
#[tokio::test]
async fn refused_requests_count() {
    let server = shared();
    let fixture = Fixture::of(&server).await;
    let caller = fixture.client_with(&[], RateLimit(6), 3600).await.caller(&server).await;
    let post = async |body: &'static str| caller.post("/v3/set-password", body).await.status;
    let statuses = [post("{}").await, post("x").await, post("{}").await, post("[]").await, post("{}").await];
    assert_eq!(statuses, [403, 400, 403, 400, 403]);
    assert_eq!(caller.get("/v3/password-change-status/x").await.status, 403);
    assert_eq!(caller.get("/v3/no-such-path").await.status, 404, "no route, no count");
    assert_eq!(caller.get("/v3/password-change-status/x").await.status, 429);
    assert_eq!(caller.get("/beta/password-change-status/x").await.status, 403, "another version");
}
