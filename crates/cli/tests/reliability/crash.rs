//! kill -9 while changes are accepted, and while the demo starts.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use passwright_client::{Client, PasswordChangeState, PathFamily};
use passwright_connectors::hash::background;
use passwright_testkit::{Launch, Login, Postgres, TestServer, require};

use crate::PROGRAM;
use crate::front::Front;
use crate::history::check_history;
use crate::ledger::{Ledger, stored_hash};
use crate::load::{Account, accept};
use crate::openldap::OpenLdap;
use crate::random::Random;
use crate::site::{Cluster, Node, Role};
use crate::storm::{kill_under_load, kills};
use crate::waiting::PATIENCE;

/// One writer each. Everyone's `My-AD` account, most of them in the group with `CRM`, and one without a group.
const DEMO_WRITERS: [Account; 7] = [
    ("Abby.Smith", "My-AD"),
    ("Bob.Jones", "My-AD"),
    ("Cara.Diaz", "CRM"),
    ("Dan.Weber", "My-AD"),
    ("Eve.Novak", "My-AD"),
    ("Olga.Admin", "My-AD"),
    ("Abby.Smith", "Reports"),
];
const DEMO_PROBE: Account = ("Dan.Weber", "Reports");
/// Who has an account in `CRM` too, which then has the same password as the one in `My-AD`.
const IN_GROUP: [&str; 5] = ["Abby.Smith", "Bob.Jones", "Cara.Diaz", "Eve.Novak", "Olga.Admin"];

fn bulk_client(server: &TestServer) -> Arc<Client> {
    Arc::new(server.client(Login::BulkClient, PathFamily::V2025).unwrap())
}

/// SQLite, a group, a directory and application tables.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_when_the_demo_is_killed_under_load() {
    let mut random = Random::new("the demo killed under load");
    let server = TestServer::demo(PROGRAM).unwrap();
    let front = Front::new(vec![bulk_client(&server)]);
    let (url, config) = (Some(server.url().to_owned()), server.file("demo.env"));
    let mut nodes = [Node { server, url, config }];
    let accounts = (&DEMO_WRITERS[..], DEMO_PROBE);
    let stories = kill_under_load(&mut nodes, &front, accounts, kills().div_ceil(4), &mut random).await;
    let server = &nodes[0].server;
    let ledger = Ledger::file(server.file("passwright.sqlite3"));
    check_history(&front, &ledger, &stories, 4, async |story, password| {
        if IN_GROUP.contains(&story.user) && story.source == "My-AD" {
            let in_crm = table_accepts(&server.file("crm.sqlite3"), &story.user.to_lowercase(), password).await;
            let in_ad = server.directory_accepts(&story.native_identity, password).await.unwrap();
            assert_eq!(in_crm, in_ad, "{}: one system holds another password", story.user);
        }
        match story.source {
            "My-AD" => server.directory_accepts(&story.native_identity, password).await.unwrap(),
            "CRM" => table_accepts(&server.file("crm.sqlite3"), &story.native_identity, password).await,
            "Reports" => table_accepts(&server.file("reports.sqlite3"), &story.native_identity, password).await,
            other => panic!("no way to sign in at {other}"),
        }
    })
    .await;
}

async fn table_accepts(table: &Path, login: &str, password: &str) -> bool {
    background::verify(&stored_hash(table, login).await, password).await.unwrap()
}

async fn check_nodes(name: &str, ldap: &OpenLdap, mut cluster: Cluster) {
    let mut random = Random::new(name);
    let front = Front::new(cluster.clients());
    let accounts = (ldap.writers(), ldap.probe());
    let stories = kill_under_load(&mut cluster.nodes, &front, accounts, kills(), &mut random).await;
    check_history(&front, &cluster.ledger, &stories, 1, async |story, password| ldap.holds(story, password).await)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_when_the_service_is_killed_under_load() {
    let Some(ldap) = OpenLdap::require() else { return };
    let cluster = ldap.plan().nodes([(Role::Serves, Launch::default())]);
    check_nodes("the service on SQLite killed under load", &ldap, cluster).await;
}

/// Three nodes that serve, one of which leaves the work to the others, and a worker.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_when_nodes_on_postgresql_are_killed_under_load() {
    if require("postgresql", Postgres::missing()).is_none() {
        return;
    }
    let Some(ldap) = OpenLdap::require() else { return };
    let postgres = Postgres::start().unwrap();
    let roles = [Role::Serves, Role::Serves, Role::ServesOnly, Role::Works];
    let plan = ldap.plan().database(postgres.fresh_database().unwrap());
    let cluster = plan.nodes(roles.map(|role| (role, Launch::default())));
    let ledger = cluster.ledger.clone();
    // PostgreSQL-compatible distributed engines have no advisory locks; only migrations may take one.
    let locks = tokio::spawn(async move {
        loop {
            let held: Vec<(String,)> =
                ledger.rows("SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND granted").await;
            assert!(held.is_empty(), "an advisory lock: {held:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    check_nodes("nodes on PostgreSQL killed under load", &ldap, cluster).await;
    assert!(!locks.is_finished(), "{:?}", locks.await);
    locks.abort();
}

/// A start that was killed leaves a folder that the next start takes over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_killed_while_it_starts_starts_the_next_time() {
    let mut random = Random::new("kill at the start");
    for _ in 0..kills().div_ceil(3).min(10) {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("data");
        let mut command = Command::new(PROGRAM);
        command.arg("demo").arg("--dir").arg(&dir).args(["--listen", "127.0.0.1:0"]);
        for _ in 0..3 {
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            tokio::time::sleep(Duration::from_millis(random.below(600))).await;
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let server = TestServer::demo_in(PROGRAM, folder).unwrap();
        let client = bulk_client(&server);
        let id = accept(&client, "Abby.Smith", "My-AD", "After-the-crash-1").await;
        let status = client.wait_for_password_change(&id, PATIENCE, |_| {}).await.unwrap();
        assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
    }
}
