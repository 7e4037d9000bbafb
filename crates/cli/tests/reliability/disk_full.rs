//! A disk without space: the service refuses what it cannot keep, keeps what it accepted, and goes on by itself.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use passwright_client::{Client, PasswordChangeState};
use passwright_testkit::Launch;
use passwright_testkit::require::{missing_program, require};
use tempfile::TempDir;

use crate::directory::{Directory, NAME, dn};
use crate::load::{info, request};
use crate::site::{Plan, Site};
use crate::waiting::{PATIENCE, until};

const USER: &str = "Abby.Smith";
/// An attempt that could not be recorded is looked at again when its lease of 8 s is over.
const GOES_ON: Duration = Duration::from_secs(45);

struct Fixture {
    directory: Directory,
    site: Site,
    client: Arc<Client>,
    number: u32,
}

impl Fixture {
    async fn new(place: impl FnOnce(Plan) -> Plan, launch: Launch) -> Self {
        let directory = Directory::start(&[USER]).await;
        let plan = place(Plan::new().source(&directory.source()).identity(USER, &[(NAME, &dn(USER))]));
        let site = plan.serve_with(launch);
        let client = site.client();
        Self { directory, site, client, number: 0 }
    }

    /// Sends one change: its id, or status and whether the answer says when to come back.
    async fn send(&mut self) -> Result<(String, String), (u16, bool)> {
        self.number += 1;
        let password = format!("Disk-full-{}", self.number);
        let request = request(&info(&self.client, USER, NAME).await, &password);
        match self.client.set_identity_password(&request).await {
            Ok(answer) => Ok((answer.request_id.unwrap(), password)),
            Err(error) => {
                let api = error.api().unwrap_or_else(|| panic!("{error}: {}", self.site.server.log()));
                Err((api.status, api.retry_after.is_some_and(|wait| wait.as_secs() >= 1)))
            }
        }
    }

    /// From good, through full, to good again.
    ///
    /// `mid_attempt`: the disk is full before an attempt under way is recorded, so that its lease has to run out.
    async fn check(mut self, mid_attempt: bool, fill: impl FnOnce(&Self), free: impl FnOnce(&Self)) {
        let pid = self.site.server.pid();
        let (first, _) = self.send().await.unwrap();
        let status = self.client.wait_for_password_change(&first, PATIENCE, |_| {}).await.unwrap();
        assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
        // One that is accepted and waits when the disk runs full.
        self.directory.faults().refuse_connections(true);
        let mut accepted = vec![self.send().await.unwrap()];
        if !mid_attempt {
            until("the attempt is recorded", PATIENCE, async || {
                (self.site.ledger().target_of(&accepted[0].0).await.state == "retrying").then_some(())
            })
            .await;
        }
        fill(&self);

        // What the files already have room for may still be accepted.
        let mut refused = 0;
        for _ in 0..200 {
            match self.send().await {
                Ok(change) => accepted.push(change),
                Err((503, true)) => refused += 1,
                Err(other) => panic!("(status, Retry-After) {other:?}: {}", self.site.server.log()),
            }
            if refused == 3 {
                break;
            }
        }
        assert_eq!(refused, 3, "the disk never was full");
        let stored = self.site.ledger().changes().await;
        assert_eq!(stored.len(), 1 + accepted.len(), "what was refused is not stored, what was accepted is");
        assert!(accepted.iter().all(|(id, _)| stored.contains(id)));

        free(&self);
        self.directory.faults().refuse_connections(false);
        let last = until("changes are accepted again", PATIENCE, async || self.send().await.ok()).await;
        accepted.push(last);
        let (newest, password) = accepted.last().unwrap();
        let status = self.client.wait_for_password_change(newest, GOES_ON, |_| {}).await;
        let status = status.unwrap_or_else(|error| panic!("{error}: {}", self.site.server.log()));
        assert_eq!(status.state, PasswordChangeState::Finished, "{status:?}");
        assert!(self.directory.accepts(USER, password).await);
        for (id, _) in &accepted {
            let status = self.client.wait_for_password_change(id, GOES_ON, |_| {}).await.unwrap();
            assert_ne!(status.state, PasswordChangeState::InProgress);
        }
        self.site.ledger().check_sequences().await;
        assert_eq!(self.site.ledger().waiting_payloads().await, 0);
        assert_eq!(self.site.server.pid(), pid, "it was never started again");
    }
}

/// A file may not grow any more (EFBIG, which SQLite reports as a failed write); the log cannot be written either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_writes_fail_changes_are_refused_until_they_succeed_again() {
    if require("prlimit", missing_program(&["prlimit", "env"])).is_none() {
        return;
    }
    // The signal that would end the process before the write fails.
    let through = ["env", "--ignore-signal=XFSZ"].map(ToOwned::to_owned).to_vec();
    let fixture = Fixture::new(|plan| plan, Launch { through, ..Launch::default() }).await;
    let limit = |fixture: &Fixture, size: &str| {
        let pid = fixture.site.server.pid().unwrap().to_string();
        let status = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={size}:")]).status().unwrap();
        assert!(status.success());
    };
    fixture.check(false, |fixture| limit(fixture, "4096"), |fixture| limit(fixture, "unlimited")).await;
}

/// A small file system of its own.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
            .arg(folder.path())
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(Self(folder))
    }

    fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// Takes all the space there is.
fn fill(file: &Path) {
    let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
    for size in [65_536, 4_096, 512, 1] {
        while file.write(&vec![0xff; size]).is_ok_and(|written| written > 0) {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_disk_is_full_changes_are_refused_until_there_is_space_again() {
    let Some(disk) = SmallDisk::mount() else {
        // Needs rights that CI's containers may lack; the test above covers the same path without them.
        eprintln!("SKIP disk full: mount is not permitted");
        return;
    };
    let url = format!("sqlite://{}", disk.0.path().join("passwright.sqlite3").display());
    let fixture = Fixture::new(|plan| plan.database(url), Launch::default()).await;
    fixture.check(true, |_| fill(&disk.filler()), |_| std::fs::remove_file(disk.filler()).unwrap()).await;
}
