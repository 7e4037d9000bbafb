//! No password in clear around PostgreSQL either: its tables, its log and write-ahead log, a dump, and the logs of every
//! node at the most talkative level, with nodes killed meanwhile.

use std::sync::Arc;

use passwright_testkit::{Launch, Postgres, require};

use crate::canary::{Canary, Kind, canaries, check_process};
use crate::front::Front;
use crate::history::SETTLED;
use crate::load::{Account, request};
use crate::openldap::OpenLdap;
use crate::random::Random;
use crate::scan::Scanner;
use crate::site::Role;
use crate::waiting::{PATIENCE, until};

/// Sends every canary of one account; gives the ids of the accepted changes.
async fn send(front: Arc<Front>, door: usize, (user, source): Account, canaries: Vec<Canary>) -> Vec<String> {
    let info = front.info(door, user, source).await;
    let mut accepted = Vec::new();
    for canary in canaries {
        let mut request = request(&info, &canary.text);
        if canary.kind == Kind::InClear {
            request.encrypted_password = Some(canary.text.clone());
        }
        match (front.try_accept(door, request).await, canary.kind) {
            (Err(error), Kind::InClear) => assert_eq!(error.api().map(|api| api.status), Some(400), "{error}"),
            (Ok(id), _) => accepted.push(id),
            (Err(error), kind) => panic!("{user}, {kind:?}: {error}"),
        }
    }
    accepted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn passwords_are_nowhere_in_clear_on_postgresql() {
    if require("postgresql", Postgres::missing()).is_none() {
        return;
    }
    let Some(ldap) = OpenLdap::require() else { return };
    let mut random = Random::new("canaries on PostgreSQL");
    let all: Vec<_> = (0..canaries()).map(|number| Canary::new(number, &mut random)).collect();
    let scanner = Scanner::new(all.iter().map(|canary| canary.text.as_str()));
    let postgres = Postgres::start().unwrap();
    let plan = ldap.plan().database(postgres.fresh_database().unwrap());
    let environment = vec![("PASSWRIGHT_LOG_LEVEL".to_owned(), "trace".to_owned())];
    let launch = Launch { environment, ..Launch::default() };
    let mut cluster = plan.nodes([Role::Serves, Role::ServesOnly, Role::Works].map(|role| (role, launch.clone())));
    let front = Front::new(cluster.clients());
    let writers = ldap.writers();
    let mut senders = Vec::new();
    for (task, account) in writers.iter().enumerate() {
        let own = all.iter().skip(task).step_by(writers.len()).cloned().collect();
        senders.push(tokio::spawn(send(front.clone(), task, *account, own)));
    }
    let mut logs = 0;
    for part in 1..=3 {
        let goal = all.len() * part / 5;
        until("a part is accepted", SETTLED, async || (front.accepted() >= goal).then_some(())).await;
        let node = &mut cluster.nodes[part - 1];
        check_process(&scanner, node.server.pid().unwrap());
        node.server.kill();
        let log = node.server.log();
        assert!(log.contains(" DEBUG "), "the log is not talkative");
        scanner.check("the log of a killed node", log.as_bytes());
        logs += log.len();
        node.restart(PATIENCE).await;
    }
    let mut accepted = Vec::new();
    for sender in senders {
        accepted.extend(sender.await.unwrap());
    }
    for (door, id) in accepted.iter().enumerate() {
        let status = front.end_of(door, id, SETTLED).await.unwrap();
        scanner.check("a status", format!("{status:?}").as_bytes());
    }
    assert_eq!(cluster.ledger.waiting_payloads().await, 0);
    let dump = postgres.dump("test0").unwrap();
    assert!(accepted.iter().all(|id| dump.contains(id)), "the dump lacks a change");
    scanner.check("the dump", dump.as_bytes());
    for node in &cluster.nodes {
        check_process(&scanner, node.server.pid().unwrap());
        let log = node.server.log();
        scanner.check("a log", log.as_bytes());
        logs += log.len();
    }
    postgres.psql("test0", "CHECKPOINT").unwrap();
    let (files, bytes) = scanner.check_folder(postgres.folder());
    assert!(bytes > 16 << 20, "the write-ahead log alone is longer than {bytes} bytes");
    println!(
        "{} passwords, {} changes, {files} files of PostgreSQL with {bytes} bytes, a dump of {} bytes, {logs} bytes of log",
        all.len(),
        accepted.len(),
        dump.len()
    );
}
