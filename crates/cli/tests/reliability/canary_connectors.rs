//! No password in clear where every connector takes part: one run through Active Directory, LDAP, a table, SCIM and an
//! htpasswd file, with systems that are away, lose answers and refuse, a kill in the middle of it, and a backup taken while
//! changes wait.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use passwright_client::{PasswordChangeState, PasswordInfo};
use passwright_testkit::Launch;

use crate::PROGRAM;
use crate::canary::{Canary, Kind, canaries, check_process};
use crate::directory::NAME as DIRECTORY;
use crate::everywhere::{ACCOUNTS, Everywhere, SOURCES};
use crate::front::Front;
use crate::history::SETTLED;
use crate::ledger::Ledger;
use crate::load::{Account, request};
use crate::openldap::NAME as OPENLDAP;
use crate::random::Random;
use crate::scan::Scanner;
use crate::site::run;
use crate::waiting::{PATIENCE, until, until_ready};

/// So many changes are sent before the end of the last of them is waited for: some give way to newer ones, most do not.
const BURST: usize = 3;

/// What one account's task met.
#[derive(Default)]
struct Met {
    changes: usize,
    /// How changes ended, and how often.
    ends: BTreeMap<String, usize>,
}

/// One account's task.
struct Task {
    front: Arc<Front>,
    scanner: Arc<Scanner>,
    account: Account,
    info: PasswordInfo,
    met: Met,
}

impl Task {
    /// Sends a canary; gives the change's id, when it was accepted.
    async fn send(&mut self, canary: &Canary) -> Option<String> {
        let mut request = request(&self.info, &canary.text);
        if canary.kind == Kind::InClear {
            request.encrypted_password = Some(canary.text.clone());
        }
        match (self.front.try_accept(0, request).await, canary.kind) {
            (Err(error), Kind::InClear) => {
                assert_eq!(error.api().map(|api| api.status), Some(400), "{error}");
                self.scanner.check("an error", format!("{error:?}").as_bytes());
                None
            }
            (Ok(id), _) => Some(id),
            (Err(error), kind) => panic!("{:?}, {kind:?}: {error}", self.account),
        }
    }

    async fn end(&mut self, id: &str) {
        let status = self.front.end_of(0, id, SETTLED).await.unwrap();
        self.scanner.check("a status", format!("{status:?}").as_bytes());
        let end = match status.state {
            PasswordChangeState::Finished => format!("{} finished", self.account.0.split('.').next().unwrap()),
            _ => status.errors.join("; "),
        };
        self.met.changes += 1;
        *self.met.ends.entry(end).or_default() += 1;
    }

    /// Sends every canary of the account; then the last one that its system took once more, which a history refuses.
    async fn run(mut self, canaries: Vec<Canary>) -> Met {
        for burst in canaries.chunks(BURST) {
            let mut ids = Vec::new();
            for canary in burst {
                ids.extend(self.send(canary).await);
            }
            for id in ids {
                self.end(&id).await;
            }
        }
        let good = canaries.iter().rfind(|canary| canary.kind == Kind::Good).expect("a good one");
        for _ in 0..2 {
            let id = self.send(good).await.unwrap();
            self.end(&id).await;
        }
        self.met
    }
}

/// Changes that a system did not take yet and that will be tried again, by source.
async fn retrying(ledger: &Ledger) -> BTreeMap<String, usize> {
    let mut sources = BTreeMap::new();
    for target in ledger.targets().await.into_iter().filter(|target| target.state == "retrying") {
        *sources.entry(target.source).or_default() += 1;
    }
    sources
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn passwords_are_nowhere_in_clear_whatever_connector_they_go_through() {
    let Some(mut systems) = Everywhere::require().await else { return };
    let mut random = Random::new("canaries through every connector");
    let all: Vec<_> = (0..canaries(300)).map(|number| Canary::new(number, &mut random)).collect();
    let scanner = Arc::new(Scanner::new(all.iter().map(|canary| canary.text.as_str())));
    let environment = vec![("PASSWRIGHT_LOG_LEVEL".to_owned(), "trace".to_owned())];
    let mut site = systems.plan().serve_with(Launch { environment, ..Launch::default() });
    let (folder, ledger) = (site.config.parent().unwrap().to_owned(), site.ledger());
    let front = Front::new(vec![site.client()]);
    let mut tasks = Vec::new();
    for (number, account) in ACCOUNTS.into_iter().enumerate() {
        let info = front.info(0, account.0, account.1).await;
        let task = Task { front: front.clone(), scanner: scanner.clone(), account, info, met: Met::default() };
        let own = all.iter().skip(number).step_by(ACCOUNTS.len()).cloned().collect();
        tasks.push(tokio::spawn(task.run(own)));
    }

    // Every system goes away in the middle of it; what waits then is backed up, and the service killed.
    until("a part is accepted", SETTLED, async || (front.accepted() >= all.len() / 4).then_some(())).await;
    check_process(&scanner, site.server.pid().unwrap());
    systems.take_away(true);
    let waiting = until("changes wait for every system", SETTLED, async || {
        let waiting = retrying(&ledger).await;
        SOURCES.iter().all(|source| waiting.contains_key(*source)).then_some(waiting)
    })
    .await;
    let place = tempfile::tempdir().unwrap();
    let backup = place.path().join("backup");
    run(Command::new(PROGRAM).arg("backup").arg("--to").arg(&backup).arg("--config").arg(&site.config));
    let payloads = Ledger::file(backup.join("database.sqlite3")).waiting_payloads().await;
    assert!(payloads >= i64::try_from(SOURCES.len()).unwrap(), "only {payloads} passwords wait in the backup");
    site.server.kill();
    let mut logs = vec![site.server.log()];
    // As it lies on the disk when the machine is carried away.
    let killed = scanner.check_folder(&folder);
    let copied = scanner.check_folder(&backup);
    scanner.check_that_a_planted_one_is_found(&backup, &all[0].text);
    systems.take_away(false);
    tokio::task::block_in_place(|| site.server.restart()).unwrap();
    until_ready(site.server.url(), PATIENCE).await;

    // From now on answers are lost and writes come to nothing, now and then.
    let is_over = Arc::new(AtomicBool::new(false));
    let done = is_over.clone();
    let faults = tokio::spawn(async move {
        while !done.load(Ordering::Relaxed) {
            for switch in [
                |systems: &Everywhere| systems.directory.faults().busy_writes(1),
                |systems: &Everywhere| systems.directory.faults().drop_before_write(1),
                |systems: &Everywhere| systems.directory.faults().drop_after_write(1),
                |systems: &Everywhere| systems.directory.faults().lie(1),
            ] {
                switch(&systems);
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        }
        systems
    });
    let mut met = Met::default();
    for task in tasks {
        let own = task.await.unwrap_or_else(|error| panic!("{error}: {}", site.server.log()));
        met.changes += own.changes;
        own.ends.into_iter().for_each(|(end, count)| *met.ends.entry(end).or_default() += count);
    }
    is_over.store(true, Ordering::Relaxed);
    let systems = faults.await.unwrap();
    check_ends(&met.ends);
    assert_eq!(ledger.waiting_payloads().await, 0);

    check_process(&scanner, site.server.pid().unwrap());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let metrics = http.get(format!("{}/metrics", site.server.url())).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("set-password"), "{metrics}");
    scanner.check("metrics", metrics.as_bytes());
    let running = scanner.check_folder(&folder);
    assert!(site.server.terminate(Duration::from_secs(15)).unwrap().success());
    logs.push(site.server.log());
    for log in &logs {
        assert!(log.contains("TRACE") || log.contains("\"level\":\"trace\""), "the log is not at its most talkative");
        scanner.check("the log", log.as_bytes());
    }
    let stopped = scanner.check_folder(&folder);
    // What the connectors wrote: the table with its log, and the file.
    let written = scanner.check_folder(systems.folder());
    let seen = [killed, copied, running, stopped, written];
    println!(
        "{} passwords, {} changes, waiting for systems {waiting:?}, {payloads} of them in the backup; 0 found in {} files with \
         {} bytes and {} bytes of log",
        all.len(),
        met.changes,
        seen.iter().map(|(files, _)| files).sum::<usize>(),
        seen.iter().map(|(_, bytes)| bytes).sum::<usize>(),
        logs.iter().map(String::len).sum::<usize>()
    );
}

/// Every connector took passwords, and changes ended in every way there is.
fn check_ends(ends: &BTreeMap<String, usize>) {
    println!("{ends:#?}");
    for who in ["Everywhere", "Directory", "OpenLDAP", "Table", "Service", "File"] {
        assert!(ends.contains_key(&format!("{who} finished")), "no change of {who} finished");
    }
    for end in ["Superseded by a newer password change", "The password change payload is invalid"] {
        assert!(ends.contains_key(end), "no change ended with {end:?}");
    }
    for source in [DIRECTORY, OPENLDAP] {
        let refused = format!("{source}: ");
        assert!(ends.keys().any(|end| end.starts_with(&refused)), "{source} refused nothing");
    }
}
