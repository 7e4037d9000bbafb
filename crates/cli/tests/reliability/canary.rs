//! No password in clear, in any form, in any file, log, answer, environment or argument of the service: after hundreds of
//! changes that ended in every way there is, at the most talkative log level, with a crash in between.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use passwright_client::{
    Client, ClientError, PasswordChangeRequest, PasswordChangeResponse, PasswordChangeState, PathFamily,
};
use passwright_testkit::{Launch, Login, TestServer};

use crate::PROGRAM;
use crate::ledger::Ledger;
use crate::load::{info, request};
use crate::random::Random;
use crate::scan::Scanner;
use crate::waiting::{until, until_ready};

/// How many passwords are sent and looked for.
pub(crate) fn canaries() -> usize {
    std::env::var("PASSWRIGHT_CANARIES").map_or(500, |count| count.parse().expect("a number of canaries"))
}

const SETTLED: Duration = Duration::from_secs(60);

/// One task each, so that its changes are in order.
const ACCOUNTS: [(&str, &str); 12] = [
    ("Abby.Smith", "My-AD"),
    ("Bob.Jones", "CRM"),
    ("Cara.Diaz", "My-AD"),
    ("Dan.Weber", "My-AD"),
    ("Eve.Novak", "CRM"),
    ("Hank.Helper", "My-AD"),
    ("Abby.Smith", "Intranet"),
    ("Cara.Diaz", "Intranet"),
    ("Olga.Admin", "Intranet"),
    ("Abby.Smith", "Reports"),
    ("Dan.Weber", "Reports"),
    ("Eve.Novak", "Reports"),
];

/// What is wrong with a change, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Good,
    /// No digit.
    AgainstPolicy,
    /// Ends with a control character.
    NoPassword,
    /// Sent in clear where the ciphertext belongs.
    InClear,
}

#[derive(Debug, Clone)]
pub(crate) struct Canary {
    pub(crate) kind: Kind,
    /// 24 bytes, with characters that each encoding writes in another way.
    pub(crate) text: String,
}

impl Canary {
    pub(crate) fn new(number: usize, random: &mut Random) -> Self {
        let kind = match number % 12 {
            3 => Kind::AgainstPolicy,
            7 => Kind::NoPassword,
            11 if number % 24 == 11 => Kind::InClear,
            _ => Kind::Good,
        };
        let mut core = random.alphanumeric(18);
        if kind == Kind::AgainstPolicy {
            core = core.chars().map(|c| if c.is_ascii_digit() { 'q' } else { c }).collect();
        }
        let digit = if kind == Kind::AgainstPolicy { 'q' } else { '7' };
        let last = if kind == Kind::NoPassword { '\u{7}' } else { '>' };
        let text = format!("a\"\\%{core}{digit}{last}");
        assert_eq!(text.len(), 24);
        Self { kind, text }
    }
}

/// Sends the canaries; gives the ids of the changes that were accepted. The service may be gone for a while.
async fn send(
    client: Arc<Client>,
    (user, source): (&'static str, &'static str),
    canaries: Arc<Vec<Canary>>,
    task: usize,
) -> Vec<String> {
    let info = info(&client, user, source).await;
    let mut accepted = Vec::new();
    for canary in canaries.iter().skip(task).step_by(ACCOUNTS.len()) {
        let mut request = request(&info, &canary.text);
        if canary.kind == Kind::InClear {
            request.encrypted_password = Some(canary.text.clone());
        }
        match (send_until_answered(&client, &request).await, canary.kind) {
            (Err(error), Kind::InClear) => assert_eq!(error.api().map(|api| api.status), Some(400), "{error}"),
            (Ok(answer), _) => accepted.push(answer.request_id.unwrap()),
            (Err(error), kind) => panic!("{user} on {source}, {kind:?}: {error}"),
        }
    }
    accepted
}

/// Sends again while the service is gone: the same ciphertext is the same change.
async fn send_until_answered(
    client: &Client,
    request: &PasswordChangeRequest,
) -> Result<PasswordChangeResponse, ClientError> {
    let deadline = Instant::now() + SETTLED;
    loop {
        match client.set_identity_password(request).await {
            Err(ClientError::Transport(_)) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            answer => return answer,
        }
    }
}

pub(crate) fn check_process(scanner: &Scanner, pid: u32) {
    for name in ["environ", "cmdline"] {
        let content = std::fs::read(format!("/proc/{pid}/{name}")).unwrap();
        assert!(!content.is_empty(), "{name}");
        scanner.check(name, &content);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn passwords_are_nowhere_in_clear() {
    let mut random = Random::new("canaries");
    let total = canaries();
    let canaries: Arc<Vec<_>> = Arc::new((0..total).map(|number| Canary::new(number, &mut random)).collect());
    let scanner = Scanner::new(canaries.iter().map(|canary| canary.text.as_str()));
    // One canary in twelve is no password, which is more than a caller may send.
    let environment = [
        ("LOG_LEVEL", "trace"),
        ("LIMITS_PAYLOAD_FAILURES_PER_HOUR", "100000"),
        ("LIMITS_PAYLOAD_FAILURES_PER_DAY", "100000"),
    ];
    let environment = environment.map(|(name, value)| (format!("PASSWRIGHT_{name}"), value.to_owned())).into();
    let mut server = TestServer::demo_with(PROGRAM, Launch { environment, ..Launch::default() }).unwrap();
    until_log_is_talkative(&server).await;
    let client = Arc::new(server.client(Login::BulkClient, PathFamily::V2025).unwrap());
    let ledger = Ledger::file(server.file("passwright.sqlite3"));

    let mut senders: Vec<_> = Vec::new();
    for (task, account) in ACCOUNTS.into_iter().enumerate() {
        senders.push(tokio::spawn(send(client.clone(), account, canaries.clone(), task)));
    }
    until("half of the changes are accepted", SETTLED, async || {
        (ledger.changes().await.len() > total / 2).then_some(())
    })
    .await;
    server.kill();
    let log_before = server.log();
    // As it lies on the disk when the machine is carried away.
    scanner.check_folder(&server.data());
    server.restart().unwrap();
    until_ready(server.url(), SETTLED).await;

    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for (sender, (_, source)) in senders.into_iter().zip(ACCOUNTS) {
        for id in sender.await.unwrap() {
            let status = client.wait_for_password_change(&id, SETTLED, |_| {}).await;
            let status = status.unwrap_or_else(|error| panic!("{error}: {}", server.log()));
            scanner.check("a status", format!("{status:?}").as_bytes());
            let end = match status.state {
                PasswordChangeState::Finished => format!("finished on {source}"),
                _ => status.errors.join("; "),
            };
            *ends.entry(end).or_default() += 1;
        }
    }
    println!("{ends:#?}");
    for end in ["finished on My-AD", "finished on CRM", "finished on Intranet", "finished on Reports"] {
        assert!(ends.contains_key(end), "no change {end}: {ends:?}");
    }
    for end in ["Superseded by a newer password change", "The password change payload is invalid"] {
        assert!(ends.contains_key(end), "no change ended with {end:?}: {ends:?}");
    }
    assert!(ends.len() >= 7, "no change against the policy: {ends:?}");
    assert_eq!(ledger.waiting_payloads().await, 0);

    check_process(&scanner, server.pid().unwrap());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let metrics = http.get(format!("{}/metrics", server.url())).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("set-password"), "{metrics}");
    scanner.check("metrics", metrics.as_bytes());
    let (files, bytes) = check_files(&scanner, &server.data());
    assert!(server.terminate(Duration::from_secs(15)).unwrap().success());
    check_files(&scanner, &server.data());
    let log = server.log();
    for log in [&log_before, &log] {
        assert!(log.contains("set-password"), "the log says nothing of the requests");
        scanner.check("the log", log.as_bytes());
    }
    println!("{files} files with {bytes} bytes and {} bytes of log", log_before.len() + log.len());
}

/// A client that hangs up is worth a line at the lower levels only: it shows that they are written.
async fn until_log_is_talkative(server: &TestServer) {
    let port = server.variable("PASSWRIGHT_DEMO_LDAP_URL").unwrap().rsplit(':').next().unwrap().parse().unwrap();
    drop(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap());
    until("the log has lines of the lower levels", SETTLED, async || server.log().contains(" DEBUG ").then_some(()))
        .await;
}

fn check_files(scanner: &Scanner, folder: &Path) -> (usize, usize) {
    let seen = scanner.check_folder(folder);
    assert!(seen.0 >= 15, "only {} files in {}", seen.0, folder.display());
    seen
}
