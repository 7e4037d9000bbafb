//! Several processes send the messages of one outbox: none is lost when one of them is killed, none is sent twice while
//! nobody is.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use passwright_client::{Client, WebhookRequest};
use passwright_connectors::hash::{Bcrypt, HashScheme, background};
use passwright_testkit::{Launch, Postgres, require};

use crate::PROGRAM;
use crate::load::accept;
use crate::receiver::{Receiver, Say};
use crate::site::{Plan, Site, Source};
use crate::waiting::until;

const FILE: &str = "Intranet";
const PEOPLE: usize = 4;
const ALLOWED: (&str, &str) = ("PASSWRIGHT_WEBHOOKS_ALLOWED_NETWORKS", "127.0.0.0/8");
/// Longer than the lease of a message whose sender was killed.
const PATIENCE: Duration = Duration::from_secs(90);

/// Ends the worker with the test.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn worker(site: &Site) -> Worker {
    let mut worker = Command::new(PROGRAM);
    worker.arg("worker").arg("--config").arg(&site.config).env(ALLOWED.0, ALLOWED.1);
    Worker(worker.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

async fn site(postgres: &Postgres) -> Site {
    let mut plan = Plan::new().database(postgres.fresh_database().unwrap()).without_worker();
    let path = plan.path("intranet.htpasswd");
    let hash =
        background::hash(HashScheme::Bcrypt(Bcrypt { cost: 8, ..Bcrypt::default() }), "Initial-Pw-1").await.unwrap();
    let lines: String = (0..PEOPLE).map(|n| format!("user{n}:{}\n", hash.as_str())).collect();
    std::fs::write(&path, lines).unwrap();
    let connector = format!("{{ kind = \"htpasswd\", path = \"{}\", cost = 8 }}", path.display());
    plan = plan.source(&Source { name: FILE, connector, credential: None });
    for n in 0..PEOPLE {
        let name = format!("user{n}");
        plan = plan.identity(&name, &[(FILE, &name)]);
    }
    let environment = vec![(ALLOWED.0.to_owned(), ALLOWED.1.to_owned())];
    plan.serve_with(Launch { environment, ..Launch::default() })
}

/// Has each person's password changed once and gives the ids of the messages that must come.
async fn changes(client: &Client, round: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..PEOPLE {
        let id = accept(client, &format!("user{n}"), FILE, &format!("Round-{round}-of-{n}")).await;
        ids.push(format!("{id}_ended"));
    }
    ids
}

/// How often each message came.
fn counted(receiver: &Receiver) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for message in receiver.received() {
        *counts.entry(message.id).or_default() += 1;
    }
    counts
}

async fn all_arrive(receiver: &Receiver, wanted: &[String]) {
    until("every message arrives", PATIENCE, async || {
        let counts = counted(receiver);
        wanted.iter().all(|id| counts.contains_key(id)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_share_one_outbox() {
    if require("postgresql", Postgres::missing()).is_none() {
        return;
    }
    let postgres = Postgres::start().unwrap();
    let site = site(&postgres).await;
    let (client, receiver) = (site.client(), Receiver::start().await);
    let request = WebhookRequest {
        name: Some("Receiver".into()),
        url: Some(receiver.url.clone()),
        events: Some(vec!["password_change.ended".into()]),
        enabled: None,
    };
    let created = client.create_webhook(&request).await.unwrap();
    let (first, _second) = (worker(&site), worker(&site));
    let mut wanted = Vec::new();
    for round in 1..=5 {
        wanted.extend(changes(&client, round).await);
    }
    all_arrive(&receiver, &wanted).await;
    let counts = counted(&receiver);
    assert_eq!((counts.len(), counts.values().max()), (wanted.len(), Some(&1)), "each once: {counts:?}");
    assert!(receiver.received().iter().all(|message| message.is_signed_with(&created.secret)));

    // Messages are on their way, unanswered, when one of the two senders is killed.
    receiver.will_say(&[Say::Nothing; PEOPLE]);
    let hanging = changes(&client, 6).await;
    all_arrive(&receiver, &hanging).await;
    drop(first);
    let later = changes(&client, 7).await;
    all_arrive(&receiver, &later).await;
    until("what was unanswered comes again", PATIENCE, async || {
        let counts = counted(&receiver);
        hanging.iter().all(|id| counts.get(id).is_some_and(|count| *count >= 2)).then_some(())
    })
    .await;
    let deliveries = until("all are recorded", PATIENCE, async || {
        let all = client.list_webhook_deliveries(&created.webhook.id).await.unwrap();
        all.iter().all(|told| told.state == "delivered").then_some(all)
    })
    .await;
    assert_eq!(deliveries.len(), 7 * PEOPLE);
}
