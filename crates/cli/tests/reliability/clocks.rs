//! Nodes whose clocks are an hour ahead and an hour behind: the database's clock counts.

use std::process::Command;
use std::time::Duration;

use passwright_client::PasswordChangeState;
use passwright_testkit::require::missing_program;
use passwright_testkit::{Launch, Postgres, require};

use crate::front::Front;
use crate::history::check_history;
use crate::load::{accept, start_writers, stop_writers};
use crate::openldap::OpenLdap;
use crate::site::Role;
use crate::waiting::{PATIENCE, until};

const CHANGES: usize = 100;
/// Far below the difference of the clocks: an end is shown when it is there.
const SHOWN: Duration = Duration::from_secs(20);

/// A program whose wall clock is off; what it measures waits with runs on as it should. The library is named by
/// `faketime` and loaded without it: it would stay between the guard and the program, which then outlives the test.
fn off_by(difference: &str) -> Launch {
    let told = Command::new("faketime").args(["-f", difference, "env"]).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let library = told.lines().find_map(|line| line.strip_prefix("LD_PRELOAD=")).unwrap();
    let environment = [("LD_PRELOAD", library), ("FAKETIME", difference), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    Launch { environment, ..Launch::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clocks_that_differ_by_an_hour_change_nothing() {
    if require("postgresql", Postgres::missing()).is_none() {
        return;
    }
    if require("faketime", missing_program(&["faketime"])).is_none() {
        return;
    }
    let Some(ldap) = OpenLdap::require() else { return };
    let postgres = Postgres::start().unwrap();
    let plan = ldap.plan().database(postgres.fresh_database().unwrap());
    let clocks = [Launch::default(), off_by("+1h"), off_by("-1h")];
    let cluster = plan.nodes(clocks.map(|launch| (Role::Serves, launch)));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut hours = Vec::new();
    for url in cluster.nodes.iter().filter_map(|node| node.url.as_ref()) {
        let answer = http.get(format!("{url}/livez")).send().await.unwrap();
        hours.push(answer.headers()["date"].to_str().unwrap().get(17..19).map(str::to_owned));
    }
    assert!(
        hours[0] != hours[1] && hours[1] != hours[2] && hours[0] != hours[2],
        "the clocks do not differ: {hours:?}"
    );

    let clients = cluster.clients();
    let front = Front::new(clients.clone());
    let writers = start_writers(&front, ldap.writers());
    front.grant_all();
    until("enough changes are accepted", PATIENCE, async || (front.accepted() >= CHANGES).then_some(())).await;
    let stories = stop_writers(&front, writers).await;
    check_history(&front, &cluster.ledger, &stories, 1, async |story, password| ldap.holds(story, password).await)
        .await;
    // Each node accepts one that ends at once and one that is refused by the policy, and every node shows how they ended.
    for (number, accepting) in clients.iter().enumerate() {
        for (password, state) in [
            (format!("Another-hour-{number}"), PasswordChangeState::Finished),
            ("No-digit-in-it".to_owned(), PasswordChangeState::Failed),
        ] {
            let (user, source) = ldap.probe();
            let id = accept(accepting, user, source, &password).await;
            for showing in &clients {
                let status = showing.wait_for_password_change(&id, SHOWN, |_| {}).await.unwrap();
                assert_eq!(status.state, state, "{status:?}");
            }
        }
    }
    let longest = cluster.ledger.longest_wait().await;
    assert!(longest < 60_000, "a change took {longest} ms");
}
