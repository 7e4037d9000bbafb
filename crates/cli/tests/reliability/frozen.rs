//! Workers stopped in their tracks, as a paused virtual machine is, while others take their lanes over.

use std::time::Duration;

use passwright_testkit::{Launch, Postgres, TestServer, require};

use crate::front::Front;
use crate::history::check_history;
use crate::load::{start_writers, stop_writers};
use crate::openldap::OpenLdap;
use crate::random::Random;
use crate::site::Role;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().expect("a number"))
}

/// A moment at work, then a moment stopped, `stops` times. The first stop is the longest: longer than a lease holds.
async fn stop_and_go(worker: &mut TestServer, stops: u64, longest_ms: u64, mut random: Random) {
    for stop in 0..stops {
        tokio::time::sleep(Duration::from_millis(random.below(3000))).await;
        let stopped_ms = if stop == 0 { longest_ms } else { random.below(longest_ms) };
        worker.freeze(true);
        tokio::time::sleep(Duration::from_millis(stopped_ms)).await;
        worker.freeze(false);
        println!("a worker was stopped for {stopped_ms} ms");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_worker_that_was_stopped_overwrites_nothing() {
    if require("postgresql", Postgres::missing()).is_none() {
        return;
    }
    let Some(ldap) = OpenLdap::require() else { return };
    let longest_ms = setting("PASSWRIGHT_STOP_SECONDS", 26) * 1000;
    let stops = setting("PASSWRIGHT_STOPS", 2);
    let mut random = Random::new("workers stopped");
    let postgres = Postgres::start().unwrap();
    let plan = ldap.plan().database(postgres.fresh_database().unwrap());
    let roles = [Role::ServesOnly, Role::Works, Role::Works, Role::Works];
    let mut cluster = plan.nodes(roles.map(|role| (role, Launch::default())));
    let front = Front::new(cluster.clients());
    let writers = start_writers(&front, ldap.writers());
    front.grant_every(Duration::from_millis(250), 4);
    // The last one is never stopped, so that lanes are taken over.
    let mut workers = cluster.nodes[1..3].iter_mut().map(|node| &mut node.server);
    let (first, second) = (workers.next().unwrap(), workers.next().unwrap());
    let seeds = [random.fork(), random.fork()];
    let [one, two] = seeds;
    tokio::join!(stop_and_go(first, stops, longest_ms, one), stop_and_go(second, stops, longest_ms, two));
    let stories = stop_writers(&front, writers).await;
    check_history(&front, &cluster.ledger, &stories, 1, async |story, password| ldap.holds(story, password).await)
        .await;
    // Whoever woke up too late has said so, and recorded nothing.
    let late = cluster.logs().matches("the lease of a lane was lost").count();
    println!("late results that were void: {late}; {:?}", front.seen());
}
