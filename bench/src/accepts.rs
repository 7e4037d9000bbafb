//! Durable accepts: `POST /v2025/set-password` over real connections to `passwright serve` on SQLite, beside what the disk
//! and SQLite give on their own.
//!
//! The worker of the server is on, as SQLite demands, but has one lane, and its target takes connections and never says a
//! word: it is idle but for one attempt every five seconds. After each window the server is killed, and every answer must
//! be found in the database.

use std::net::TcpListener;
use std::path::Path;

use anyhow::{Result, ensure};
use passwright_testkit::Ca;
use serde_json::json;

use crate::Plan;
use crate::disk;
use crate::http_load::{self, Load};
use crate::population::{Directory, Population, Spread};
use crate::process::CpuTime;
use crate::server::Server;
use crate::site::Site;
use crate::start;
use crate::table::{Table, per_second, percent};

/// Bodies are prepared for this many answers per second.
const MOST_PER_SECOND: f64 = 12_000.0;
const GOAL_PER_SECOND: f64 = 3_000.0;
const GOAL_P99_MS: f64 = 25.0;

/// A port that takes connections, as the kernel does for a listener, and answers nothing.
pub(crate) struct SilentDirectory {
    listener: TcpListener,
    folder: tempfile::TempDir,
}

impl SilentDirectory {
    pub(crate) fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("ca.pem"), Ca::new()?.pem())?;
        Ok(Self { listener: TcpListener::bind("127.0.0.1:0")?, folder })
    }

    pub(crate) fn settings(&self) -> Result<Directory> {
        Ok(Directory {
            url: format!("ldaps://{}", self.listener.local_addr()?),
            ca_file: self.folder.path().join("ca.pem"),
            bind_dn: "cn=svc",
            password: "Service-Pw-1",
            pairs: (2, 8),
        })
    }
}

pub(crate) fn measure(plan: &Plan, program: &Path, table: &mut Table) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let silent = SilentDirectory::open()?;
    let site = Site::new(1)?;
    let writes = disk::synced_writes(site.path(), plan.window)?;
    table.figure("bare loop: write 4 KiB + fdatasync, one process", per_second(writes), "");
    let inserts = runtime.block_on(disk::synced_inserts(site.path(), plan.window))?;
    let beside = format!("{} of bare fdatasync", percent(inserts / writes));
    table.figure("bare loop: SQLite insert + commit of one row", per_second(inserts), beside);

    let (population, token) = runtime.block_on(async {
        let service = site.open().await?;
        let native = |n, _| format!("uid=u{n},ou=people,dc=fix,dc=test");
        let population =
            Population::settle(&site, &service, &[silent.settings()?], Spread::Apart, plan.identities, native).await?;
        let token = population.token(&service).await?;
        anyhow::Ok((population, token))
    })?;
    // Ends the service of this process.
    drop(runtime);
    let runtime = tokio::runtime::Runtime::new()?;
    let mut accepted = 0;
    for connections in [1, 16, 64] {
        let bodies = bodies(plan, &population)?;
        let server = Server::start(program, &site)?;
        let head = format!(
            "POST /v2025/set-password HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\n",
            server.address
        );
        // A short warm-up: statements get prepared, the token verified.
        let (warm_up, measured) = bodies.split_at(connections * 4);
        accepted += http_load::run(server.address, connections, &head, warm_up, plan.window)?.answers();
        let before = (CpuTime::of(server.pid())?, CpuTime::of(std::process::id())?);
        let load = http_load::run(server.address, connections, &head, measured, plan.window)?;
        let server_time = CpuTime::of(server.pid())?.since(before.0);
        let own_time = CpuTime::of(std::process::id())?.since(before.1);
        accepted += load.answers();
        drop(server);
        let stored = runtime.block_on(site.number("SELECT COUNT(*) FROM password_change"))?;
        ensure!(stored == i64::try_from(accepted)?, "{accepted} changes were accepted and {stored} are stored");
        tell(table, connections, &load, writes, server_time, own_time);
    }
    start::measure(plan, program, &site, table)
}

fn bodies(plan: &Plan, population: &Population) -> Result<Vec<String>> {
    let count = (plan.window.as_secs_f64() * MOST_PER_SECOND) as usize;
    let requests = population.requests(count, |n| format!("Password-{n}"))?;
    let body = |r: passwright_app::passwords::SetPasswordRequest| {
        json!({
            "identityId": r.identity_id,
            "encryptedPassword": r.encrypted_password,
            "publicKeyId": r.public_key_id,
            "accountId": r.account_id,
            "sourceId": r.source_id,
        })
    };
    Ok(requests.into_iter().map(|request| body(request).to_string()).collect())
}

fn tell(table: &mut Table, connections: usize, load: &Load, writes: f64, server: CpuTime, own: CpuTime) {
    let rate = load.per_second();
    let (p50, p99) = (load.quantile_ms(0.5), load.quantile_ms(0.99));
    let plural = if connections == 1 { "" } else { "s" };
    let what = format!("durable accepts over HTTP, SQLite, {connections} connection{plural}");
    let measured = format!("{}, p50 {p50:.2} ms, p99 {p99:.2} ms", per_second(rate));
    let each = server.total().as_secs_f64() * 1e6 / load.answers() as f64;
    let both = server.total() + own.total();
    let beside = format!(
        "{} of bare fdatasync; server {each:.0} µs of processor per accept ({} system); generator {} of all processor time",
        percent(rate / writes),
        percent(server.system.as_secs_f64() / server.total().as_secs_f64()),
        percent(own.total().as_secs_f64() / both.as_secs_f64()),
    );
    if connections == 64 {
        let met = rate >= GOAL_PER_SECOND && p99 < GOAL_P99_MS;
        table.judged(what, measured, beside, "≥ 3,000/s, p99 < 25 ms", met);
    } else {
        table.figure(what, measured, beside);
    }
}
