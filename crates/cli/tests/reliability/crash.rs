//! kill -9 while changes are accepted, and while the demo starts.

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use passwright_client::{Client, PasswordChangeState, PathFamily};
use passwright_connectors::hash::background;
use passwright_testkit::{Login, TestServer};

use crate::PROGRAM;
use crate::ledger::{Ledger, stored_hash};
use crate::load::{Story, accept, write_until_gone};
use crate::random::Random;
use crate::waiting::{PATIENCE, until, until_ready};

const SUPERSEDED: &str = "Superseded by a newer password change";
/// From the start after a crash to the first 200 of `/readyz`.
const SERVING_AGAIN: Duration = if cfg!(debug_assertions) { Duration::from_secs(5) } else { Duration::from_secs(2) };
/// Every change under load ends within this time after the restart.
const SETTLED: Duration = Duration::from_secs(60);

/// One writer each. Everyone's `My-AD` account, most of them in the group with `CRM`, and two without a group.
const WRITERS: [(&str, &str); 8] = [
    ("Abby.Smith", "My-AD"),
    ("Bob.Jones", "My-AD"),
    ("Cara.Diaz", "CRM"),
    ("Dan.Weber", "My-AD"),
    ("Eve.Novak", "My-AD"),
    ("Olga.Admin", "My-AD"),
    ("Abby.Smith", "Reports"),
    ("Dan.Weber", "Reports"),
];
/// Who has an account in `CRM` too, which then has the same password as the one in `My-AD`.
const IN_GROUP: [&str; 5] = ["Abby.Smith", "Bob.Jones", "Cara.Diaz", "Eve.Novak", "Olga.Admin"];

fn kills() -> u64 {
    let default = if std::env::var("CI").is_ok_and(|ci| ci == "true") { 20 } else { 5 };
    std::env::var("PASSWRIGHT_KILLS").ok().map_or(default, |kills| kills.parse().expect("a number of kills"))
}

fn bulk_client(server: &TestServer) -> Arc<Client> {
    Arc::new(server.client(Login::BulkClient, PathFamily::V2025).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_accepted_change_is_lost_when_the_service_is_killed_under_load() {
    let mut random = Random::new("kill under load");
    let mut server = TestServer::demo(PROGRAM).unwrap();
    let mut known = Known::default();
    let mut slowest = Duration::ZERO;
    for run in 1..=kills() {
        let stories = load_and_kill(&mut server, run, &mut random).await;
        let started = Instant::now();
        server.restart().unwrap();
        until_ready(server.url(), SERVING_AGAIN).await;
        let recovery = started.elapsed();
        assert!(recovery < SERVING_AGAIN, "run {run}: serving again only after {recovery:?}");
        slowest = slowest.max(recovery);
        let accepted: usize = stories.iter().map(|story| story.accepted.len()).sum();
        println!("run {run}: {accepted} accepted, serving again after {} ms", recovery.as_millis());
        known.take_over(&server, stories).await;
        // Also what one crash left open when the next one came.
        if run % 2 == 0 || run == kills() {
            known.settle(&server).await;
            println!("run {run}: all settled {} ms after the start", started.elapsed().as_millis());
        }
    }
    let (slowest, unheard) = (slowest.as_millis(), known.unheard);
    println!("slowest recovery: {slowest} ms; changes whose acceptance nobody heard of: {unheard}");
}

/// Lets eight writers work and kills the service at a random moment.
async fn load_and_kill(server: &mut TestServer, run: u64, random: &mut Random) -> Vec<Story> {
    let client = bulk_client(server);
    let accepted = Arc::new(AtomicUsize::new(0));
    let writers = WRITERS.map(|account| {
        let name = format!("Run{run}-{}", account.1);
        tokio::spawn(write_until_gone(client.clone(), account, name, accepted.clone()))
    });
    let enough = usize::try_from(1 + random.below(250)).unwrap();
    until("enough changes were accepted", PATIENCE, async || (accepted.load(Ordering::SeqCst) >= enough).then_some(()))
        .await;
    // Not on the heels of an answer only.
    tokio::time::sleep(Duration::from_micros(random.below(20_000))).await;
    server.kill();
    let mut stories = Vec::new();
    for writer in writers {
        stories.push(writer.await.unwrap());
    }
    stories
}

/// One account's changes over all runs.
#[derive(Default)]
struct Account {
    native_identity: String,
    /// Password by change.
    passwords: HashMap<String, String>,
    /// Never accepted.
    refused: Vec<String>,
    settled: usize,
}

#[derive(Default)]
struct Known {
    accounts: HashMap<(&'static str, &'static str), Account>,
    /// Changes that were accepted just before the crash, without an answer.
    unheard: usize,
}

impl Known {
    /// Takes a run's changes over. All that were accepted are there, in the order of their answers, and besides them at
    /// most the one change of each writer that got no answer.
    async fn take_over(&mut self, server: &TestServer, stories: Vec<Story>) {
        let client = bulk_client(server);
        let ledger = Ledger::new(server.file("passwright.sqlite3"));
        ledger.check_sequences().await;
        for story in stories {
            let place = format!("{} on {}", story.user, story.source);
            let account = self.accounts.entry((story.user, story.source)).or_default();
            account.native_identity.clone_from(&story.native_identity);
            let lane = ledger.lane(story.source, &story.native_identity).await;
            let lane: Vec<_> = lane.into_iter().map(|row| row.change_id).collect();
            let fresh: Vec<_> = lane.iter().filter(|id| !account.passwords.contains_key(*id)).collect();
            let accepted: Vec<_> = story.accepted.iter().map(|change| &change.id).collect();
            let (heard, unheard) = fresh.split_at_checked(accepted.len()).unwrap_or((&fresh, &[]));
            assert_eq!(heard, accepted, "{place}: lost, or out of order");
            for change in &story.accepted {
                account.passwords.insert(change.id.clone(), change.password.clone());
            }
            let (request, password) = story.in_doubt.expect("a writer ends without an answer");
            match unheard {
                [] => account.refused.push(password),
                [id] => {
                    let again = client.set_identity_password(&request).await.unwrap();
                    assert_eq!(again.request_id.as_ref(), Some(*id), "{place}: the same ciphertext is the same change");
                    account.passwords.insert((*id).clone(), password);
                    self.unheard += 1;
                }
                more => panic!("{place}: {} changes that nobody sent", more.len()),
            }
        }
    }

    /// Waits for the end of every change and looks at what the accounts hold.
    async fn settle(&mut self, server: &TestServer) {
        let client = bulk_client(server);
        let ledger = Ledger::new(server.file("passwright.sqlite3"));
        for ((user, source), account) in &mut self.accounts {
            let lane = ledger.lane(source, &account.native_identity).await;
            let ids: Vec<_> = lane.into_iter().map(|row| row.change_id).collect();
            for id in &ids[account.settled..] {
                if let Err(error) = check_end(&client, id, ids.last() == Some(id)).await {
                    panic!("{user} on {source}: {error}\n{:#?}\n{}", ledger.target_of(id).await, server.log());
                }
            }
            account.settled = ids.len();
            let passwords: Vec<_> = ids.iter().map(|id| account.passwords[id].as_str()).collect();
            let Some((newest, older)) = passwords.split_last() else { continue };
            let holds = async |password: &str| holds(server, source, &account.native_identity, password).await;
            assert!(holds(newest).await, "{user} on {source}: the newest password does not sign in");
            let refused = account.refused.iter().map(String::as_str);
            for password in older.iter().rev().take(3).copied().chain(older.first().copied()).chain(refused) {
                assert!(!holds(password).await, "{user} on {source}: another password than the newest signs in");
            }
            if IN_GROUP.contains(user) && *source != "Reports" {
                let hash = stored_hash(&server.file("crm.sqlite3"), &user.to_lowercase()).await;
                assert!(background::verify(&hash, newest).await.unwrap(), "{user}: CRM holds another password");
            }
        }
        ledger.check_sequences().await;
        assert_eq!(ledger.waiting_payloads().await, 0, "every payload is erased at the end of its change");
    }
}

/// The change ends as finished or, unless it is the newest, as superseded; and it is known.
async fn check_end(client: &Client, id: &str, is_newest: bool) -> Result<(), String> {
    let status =
        client.wait_for_password_change(id, SETTLED, |_| {}).await.map_err(|error| format!("{id}: {error}"))?;
    let truthful = match status.state {
        PasswordChangeState::Finished => status.errors.is_empty(),
        PasswordChangeState::Failed => !is_newest && status.errors == [SUPERSEDED],
        PasswordChangeState::InProgress => false,
    };
    if truthful { Ok(()) } else { Err(format!("{status:?}")) }
}

/// Whether the account signs in with this password.
async fn holds(server: &TestServer, source: &str, native_identity: &str, password: &str) -> bool {
    let table = match source {
        "My-AD" => return server.directory_accepts(native_identity, password).await.unwrap(),
        "CRM" => "crm.sqlite3",
        "Reports" => "reports.sqlite3",
        other => panic!("no way to sign in at {other}"),
    };
    let hash = stored_hash(&server.file(table), native_identity).await;
    background::verify(&hash, password).await.unwrap()
}

/// A start that was killed leaves a folder that the next start takes over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_killed_while_it_starts_starts_the_next_time() {
    let mut random = Random::new("kill at the start");
    for _ in 0..kills().div_ceil(3) {
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
