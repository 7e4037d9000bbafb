//! Nodes restarted one after the other while changes are accepted.

use std::time::Duration;

use passwright_testkit::{Launch, Postgres, require};

use crate::front::Front;
use crate::history::check_history;
use crate::load::{start_writers, stop_writers};
use crate::openldap::OpenLdap;
use crate::site::Role;
use crate::waiting::{PATIENCE, until};

/// An end in good order may take so long.
const DRAINED: Duration = Duration::from_secs(15);
/// No request waits longer because of a node.
const BEYOND_A_NODE: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rolling_restart_loses_nothing_and_refuses_nobody() {
    if require("postgresql", Postgres::missing()).is_none() {
        return;
    }
    let Some(ldap) = OpenLdap::require() else { return };
    let postgres = Postgres::start().unwrap();
    let plan = ldap.plan().database(postgres.fresh_database().unwrap());
    let mut cluster = plan.nodes([Role::Serves; 3].map(|role| (role, Launch::default())));
    let front = Front::new(cluster.clients());
    let writers = start_writers(&front, ldap.writers());
    front.grant_every(Duration::from_millis(100), 8);
    for index in 0..cluster.nodes.len() {
        let goal = front.accepted() + 40;
        until("changes are accepted", PATIENCE, async || (front.accepted() >= goal).then_some(())).await;
        front.forget_seen();
        let node = &mut cluster.nodes[index];
        let status = tokio::task::block_in_place(|| node.server.terminate(DRAINED)).unwrap();
        assert_eq!(status.code(), Some(0), "{}", node.server.log());
        node.restart(PATIENCE).await;
        let goal = front.accepted() + 20;
        until("changes are accepted", PATIENCE, async || (front.accepted() >= goal).then_some(())).await;
        let seen = front.seen();
        println!("node {index} restarted: {seen:?}");
        assert_eq!(seen.refused, 0, "answers 503");
        assert!(seen.longest_acceptance < BEYOND_A_NODE, "{seen:?}");
    }
    let stories = stop_writers(&front, writers).await;
    check_history(&front, &cluster.ledger, &stories, 1, async |story, password| ldap.holds(story, password).await)
        .await;
}
