//! Changes written and proved per second: a queue that was accepted before is drained against a local OpenLDAP (`{SSHA}`,
//! synced, password policy with a history), beside a bare loop with as many pairs of connections.
//!
//! The service runs in this process, as it does in `passwright serve`. Every target must end as proved.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use passwright_app::{Service, worker};
use passwright_testkit::Slapd;
use passwright_testkit::slapd::{self, SERVICE_DN, SERVICE_PASSWORD};
use tokio::sync::watch;

use crate::Plan;
use crate::bare_directory::{self, Work};
use crate::population::{Directory, Population, Spread};
use crate::process::CpuTime;
use crate::site::{LANES, Site};
use crate::table::{Table, per_second, percent};

const GOAL_RATIO: f64 = 0.6;
/// A PHP self-service page on the same kind of slapd: 257 changes per second.
const PEER: f64 = 257.0;
const GOAL_OF_PEER: f64 = 5.0;
const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(25);

pub(crate) fn measure(plan: &Plan, _: &Path, table: &mut Table) -> Result<()> {
    if let Some(why) = slapd::missing() {
        table.figure("changes written and proved", "not measured", why);
        return Ok(());
    }
    let directory =
        Slapd::start_with(&slapd::Options { users: plan.queue, nosync: false, ..slapd::Options::default() })?;
    let mut best_bare: f64 = 0.0;
    for (round, pairs) in [1, 4, 8].into_iter().enumerate() {
        let runtime = tokio::runtime::Runtime::new()?;
        let bare = runtime.block_on(bare(plan, &directory, pairs, round))?;
        best_bare = best_bare.max(bare);
        table.figure(format!("bare loop: open, search, change, bind (pairs: {pairs})"), per_second(bare), "");
        let drained = runtime.block_on(drain(plan, &directory, (pairs, pairs), pairs, round))?;
        let what = format!("changes written and proved (pairs: {pairs}, lanes: {pairs})");
        drained.tell(table, what, bare);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let drained = runtime.block_on(drain(plan, &directory, (2, 8), LANES, 3))?;
    let beside = format!("{} of the best bare loop; {}", percent(drained.rate / best_bare), drained.processor());
    let what = format!("changes written and proved, defaults (connections: 2 + 8, lanes: {LANES})");
    let goal = "≥ 5 × 257/s (a PHP page)";
    table.judged(what, per_second(drained.rate), beside, goal, drained.rate >= GOAL_OF_PEER * PEER);
    Ok(())
}

/// A drained queue.
struct Drained {
    rate: f64,
    changes: usize,
    own: CpuTime,
    directory: CpuTime,
}

impl Drained {
    fn tell(&self, table: &mut Table, what: String, bare: f64) {
        let ratio = self.rate / bare;
        let beside = format!("{} of the bare loop; {}", percent(ratio), self.processor());
        table.judged(what, per_second(self.rate), beside, "≥ 60 % of the bare loop", ratio >= GOAL_RATIO);
    }

    fn processor(&self) -> String {
        let each = |time: Duration| time.as_secs_f64() * 1e6 / self.changes as f64;
        let (own, slapd) = (each(self.own.total()), each(self.directory.total()));
        format!("{own:.0} µs of processor per change, slapd {slapd:.0} µs")
    }
}

async fn bare(plan: &Plan, directory: &Slapd, pairs: usize, round: usize) -> Result<f64> {
    let changes = (0..plan.queue).map(|n| (Slapd::user_dn(n), format!("Bare-{round}-password-{n}")));
    bare_directory::run(&directory.ldaps_url(), &directory.ca_file(), pairs, Work::prepare(changes)?).await
}

async fn drain(plan: &Plan, slapd: &Slapd, pairs: (usize, usize), lanes: usize, round: usize) -> Result<Drained> {
    let site = Site::new(lanes)?;
    let service = site.open().await?;
    accept(plan, slapd, &site, &service, pairs, round).await?;
    let slapd_pid = slapd.pid().context("slapd has ended")?;
    let before = (CpuTime::of(std::process::id())?, CpuTime::of(slapd_pid)?);
    let (stop, stopped) = watch::channel(false);
    let started = Instant::now();
    let worker = tokio::spawn(worker::run(service, stopped));
    while site.number("SELECT COUNT(*) FROM password_change WHERE ended_at IS NULL").await? > 0 {
        ensure!(started.elapsed() < PATIENCE, "the queue was not drained in {PATIENCE:?}");
        ensure!(!worker.is_finished(), "the worker ended by itself");
        tokio::time::sleep(POLL).await;
    }
    let lasted = started.elapsed();
    let own = CpuTime::of(std::process::id())?.since(before.0);
    let directory = CpuTime::of(slapd_pid)?.since(before.1);
    stop.send(true)?;
    worker.await??;
    let proved = site.number("SELECT COUNT(*) FROM change_target WHERE state = 'proved'").await?;
    ensure!(proved == i64::try_from(plan.queue)?, "{proved} of {} changes were proved", plan.queue);
    Ok(Drained { rate: plan.queue as f64 / lasted.as_secs_f64(), changes: plan.queue, own, directory })
}

/// Fills the queue.
async fn accept(
    plan: &Plan,
    slapd: &Slapd,
    site: &Site,
    service: &Arc<Service>,
    pairs: (usize, usize),
    round: usize,
) -> Result<()> {
    let directory = Directory {
        url: slapd.ldaps_url(),
        ca_file: slapd.ca_file(),
        bind_dn: SERVICE_DN,
        password: SERVICE_PASSWORD,
        pairs,
    };
    let population =
        Population::settle(site, service, &[directory], Spread::Apart, plan.queue, |n, _| Slapd::user_dn(n)).await?;
    let caller = population.caller();
    let requests = population.requests(plan.queue, |n| format!("Drain-{round}-password-{n}"))?;
    let accepts = requests.into_iter().map(|request| service.set_password(&caller, request));
    stream::iter(accepts).buffer_unordered(LANES).try_for_each(|_| std::future::ready(Ok(()))).await?;
    Ok(())
}
