//! PostgreSQL at its strictest level refuses transactions that met each other; the service runs them again.

use std::time::Duration;

use passwright_testkit::{Launch, Postgres, require};

use crate::front::Front;
use crate::history::check_history;
use crate::load::{start_writers, stop_writers};
use crate::openldap::OpenLdap;
use crate::site::Role;
use crate::waiting::until;

const CHANGES: usize = 200;
const ACCEPTED_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn transactions_that_met_each_other_are_run_again() {
    if require("postgresql", Postgres::missing()).is_none() {
        return;
    }
    let Some(ldap) = OpenLdap::require() else { return };
    let postgres = Postgres::start().unwrap();
    let url = postgres.fresh_database().unwrap();
    postgres.psql("postgres", "ALTER DATABASE test0 SET default_transaction_isolation = 'serializable'").unwrap();
    let level = postgres.psql("test0", "SHOW transaction_isolation").unwrap();
    assert_eq!(level.trim(), "serializable");
    let roles = [Role::Serves, Role::Serves, Role::Works];
    let cluster = ldap.plan().database(url).nodes(roles.map(|role| (role, Launch::default())));
    let front = Front::new(cluster.clients());
    let writers = start_writers(&front, ldap.writers());
    front.grant_all();
    until("enough changes are accepted", ACCEPTED_WITHIN, async || (front.accepted() >= CHANGES).then_some(())).await;
    let stories = stop_writers(&front, writers).await;
    check_history(&front, &cluster.ledger, &stories, 1, async |story, password| ldap.holds(story, password).await)
        .await;
    let refused = postgres.log().matches("could not serialize access").count();
    println!("transactions that PostgreSQL refused: {refused}; {:?}", front.seen());
    assert!(refused > 0, "nothing met: the test shows nothing");
}
