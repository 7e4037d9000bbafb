//! kill -9 while changes are accepted, and while the demo starts.

use std::collections::{HashMap, HashSet};
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
    for run in 0..kills() {
        let stories = load_and_kill(&mut server, run, &mut random).await;
        let started = Instant::now();
        server.restart().unwrap();
        until_ready(server.url(), SERVING_AGAIN).await;
        let recovery = started.elapsed();
        assert!(recovery < SERVING_AGAIN, "run {run}: serving again only after {recovery:?}");
        slowest = slowest.max(recovery);
        let accepted: usize = stories.iter().map(|story| story.accepted.len()).sum();
        known.check(&server, run, stories).await;
        println!("run {run}: {accepted} accepted, serving again after {} ms", recovery.as_millis());
    }
    assert_eq!(Ledger::new(server.file("passwright.sqlite3")).waiting_payloads().await, 0, "erased at the end");
    println!(
        "slowest recovery: {} ms; requests in doubt that had been accepted: {}",
        slowest.as_millis(),
        known.taken.len()
    );
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

/// What is known of the runs before.
#[derive(Default)]
struct Known {
    ids: HashSet<String>,
    /// Changes whose request got no answer.
    taken: HashSet<String>,
    /// The password each account must hold, by source and native identity.
    newest: HashMap<(String, String), String>,
}

impl Known {
    async fn check(&mut self, server: &TestServer, run: u64, stories: Vec<Story>) {
        let client = bulk_client(server);
        let ledger = Ledger::new(server.file("passwright.sqlite3"));
        self.ids.extend(stories.iter().flat_map(|story| &story.accepted).map(|change| change.id.clone()));
        let stored = ledger.changes().await;
        assert_eq!(self.ids.difference(&stored).count(), 0, "run {run}: an accepted change is not in the database");
        let doubtful: HashSet<_> =
            stored.difference(&self.ids).filter(|id| !self.taken.contains(*id)).cloned().collect();
        assert!(doubtful.len() <= WRITERS.len(), "run {run}: {} changes that nobody sent", doubtful.len());

        for story in &stories {
            if let Err(error) = settle(&client, story).await {
                let lane = ledger.lane(story.source, &story.native_identity).await;
                let open: Vec<_> = lane.iter().filter(|row| row.ended_at.is_none()).collect();
                panic!("run {run}: {error}\n{open:#?}\n{}", server.log());
            }
        }
        for id in &doubtful {
            client.wait_for_password_change(id, SETTLED, |_| {}).await.unwrap();
        }
        ledger.check_sequences().await;
        for story in &stories {
            self.check_account(server, &client, &ledger, story, &doubtful).await;
        }
        self.check_group(server, &stories).await;
        self.taken.extend(doubtful);
    }

    /// The account holds its newest password and none of the older ones; sequence numbers follow the answers.
    async fn check_account(
        &mut self,
        server: &TestServer,
        client: &Client,
        ledger: &Ledger,
        story: &Story,
        doubtful: &HashSet<String>,
    ) {
        let (user, source) = (story.user, story.source);
        let lane = ledger.lane(source, &story.native_identity).await;
        let place =
            |id: &str| lane.iter().position(|row| row.change_id == id).expect("each accepted change has a target");
        let places: Vec<_> = story.accepted.iter().map(|change| place(&change.id)).collect();
        assert!(places.is_sorted_by(|a, b| a < b), "{user} on {source}: out of order: {places:?}");
        let key = (source.to_owned(), story.native_identity.clone());
        if let Some(last) = lane.last() {
            if let Some(newest) = story.accepted.last().filter(|newest| newest.id == last.change_id) {
                self.newest.insert(key.clone(), newest.password.clone());
            } else if doubtful.contains(&last.change_id) {
                let (request, password) = story.in_doubt.as_ref().expect("a writer ends with a request in doubt");
                let again = client.set_identity_password(request).await.unwrap();
                assert_eq!(again.request_id.as_ref(), Some(&last.change_id), "the same ciphertext is the same change");
                self.newest.insert(key.clone(), password.clone());
            } else {
                assert!(story.accepted.is_empty(), "{user} on {source}: {last:?} is newer than all that was accepted");
            }
            let newest = client.get_identity_password_change_status(&last.change_id).await.unwrap();
            assert_eq!(newest.state, PasswordChangeState::Finished, "{user} on {source}: {newest:?}");
        }
        let Some(newest) = self.newest.get(&key) else { return };
        assert!(holds(server, story, newest).await, "{user} on {source}: the newest password does not sign in");
        let older =
            story.accepted.iter().rev().chain(story.accepted.first()).filter(|change| change.password != *newest);
        if let Some((_, doubtful)) = story.in_doubt.as_ref().filter(|(_, password)| password != newest) {
            assert!(
                !holds(server, story, doubtful).await,
                "{user} on {source}: a password that was never accepted signs in"
            );
        }
        for change in older.take(3) {
            assert!(!holds(server, story, &change.password).await, "{user} on {source}: an older password signs in");
        }
    }

    /// Whoever is in `My-AD` and `CRM` has one password in both.
    async fn check_group(&self, server: &TestServer, stories: &[Story]) {
        for (user, dn) in [("Abby.Smith", "Abby Smith,OU=Austin"), ("Bob.Jones", "Bob Jones,OU=Austin")] {
            let Some(story) = stories.iter().find(|s| s.user == user && s.source == "My-AD") else { continue };
            assert!(story.native_identity.contains(dn), "{}", story.native_identity);
            let Some(newest) = self.newest.get(&("My-AD".to_owned(), story.native_identity.clone())) else { continue };
            let hash = stored_hash(&server.file("crm.sqlite3"), &user.to_lowercase()).await;
            assert!(background::verify(&hash, newest).await.unwrap(), "{user}: CRM holds another password than My-AD");
        }
    }
}

/// Each accepted change ends, as finished or as superseded, and is known.
async fn settle(client: &Client, story: &Story) -> Result<(), String> {
    for change in &story.accepted {
        let place = format!("{} on {}: {}", story.user, story.source, change.id);
        let status = client.wait_for_password_change(&change.id, SETTLED, |_| {}).await;
        let status = status.map_err(|error| format!("{place}: {error}"))?;
        let truthful = match status.state {
            PasswordChangeState::Finished => status.errors.is_empty(),
            PasswordChangeState::Failed => status.errors == [SUPERSEDED],
            PasswordChangeState::InProgress => false,
        };
        if !truthful {
            return Err(format!("{place}: {status:?}"));
        }
    }
    Ok(())
}

/// Whether the account signs in with this password.
async fn holds(server: &TestServer, story: &Story, password: &str) -> bool {
    let table = match story.source {
        "My-AD" => return server.directory_accepts(&story.native_identity, password).await.unwrap(),
        "CRM" => "crm.sqlite3",
        "Reports" => "reports.sqlite3",
        other => panic!("no way to sign in at {other}"),
    };
    let hash = stored_hash(&server.file(table), &story.native_identity).await;
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
