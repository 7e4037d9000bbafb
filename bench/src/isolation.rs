//! One dead system among twenty, and 100,000 changes that wait: what the others notice of it.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, ensure};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use passwright_app::passwords::SetPasswordRequest;
use passwright_app::{Caller, Service, worker};
use passwright_testkit::Slapd;
use passwright_testkit::slapd::{self, SERVICE_DN, SERVICE_PASSWORD};
use tokio::sync::watch;

use crate::Plan;
use crate::accepts::SilentDirectory;
use crate::pace;
use crate::population::{Directory, Population, Spread};
use crate::site::{LANES, Site};
use crate::table::{Table, per_second, percent};

const SYSTEMS: usize = 20;
const PACE: u32 = 100;
const GOAL: f64 = 1.2;
/// Open changes of systems that answer.
const OPEN: &str = "SELECT COUNT(*) FROM change_target t JOIN account a ON a.id = t.account_id WHERE t.ended_at IS NULL \
                    AND a.native_identity LIKE 'uid=%'";
/// Lanes of the first source with open changes: by an index, so that asking costs the worker nothing.
const OPEN_LANES: &str = "SELECT COUNT(*) FROM account WHERE ready_at IS NOT NULL \
                          AND source_id = (SELECT id FROM source WHERE name = 'Directory 0')";
const TIMES: &str = "SELECT c.ended_at - c.accepted_at FROM password_change c JOIN change_target t ON t.change_id = c.id \
                     WHERE t.state = 'proved' LIMIT $1";

pub(crate) fn measure(plan: &Plan, _: &Path, table: &mut Table) -> Result<()> {
    if let Some(why) = slapd::missing() {
        table.figure("one dead system of twenty", "not measured", why);
        return Ok(());
    }
    let options = slapd::Options { users: plan.queue, nosync: false, history: 0, ..slapd::Options::default() };
    let slapd = Slapd::start_with(&options)?;
    let silent = SilentDirectory::open()?;
    let people = plan.queue.min(2_000);
    let p99 = |dead: bool| -> Result<i64> {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(paced(plan, &slapd, &silent, people, dead))
    };
    let (alone, beside_dead) = (p99(false)?, p99(true)?);
    let ratio = beside_dead as f64 / alone as f64;
    let what = format!("one dead system of {SYSTEMS}, {PACE} changes/s: p99 from accept to proof at the others");
    let beside = format!("{} of {} with all alive", percent(ratio), pace::millis(alone));
    table.judged(what, pace::millis(beside_dead), beside, "< 1.2 × all alive", ratio < GOAL);

    let rate = |waiting: usize| -> Result<f64> {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(drained(&slapd, &silent, people, waiting))
    };
    let (empty, full) = (rate(0)?, rate(plan.waiting)?);
    let what = format!("{people} changes drained while {} others wait for a silent system", plan.waiting);
    let beside = format!("{} of {} with no other waiting", percent(full / empty), per_second(empty));
    table.figure(what, per_second(full), beside);
    Ok(())
}

fn alive(slapd: &Slapd) -> Directory {
    Directory {
        url: slapd.ldaps_url(),
        ca_file: slapd.ca_file(),
        bind_dn: SERVICE_DN,
        password: SERVICE_PASSWORD,
        pairs: (1, 2),
    }
}

/// The 99th percentile in microseconds.
async fn paced(plan: &Plan, slapd: &Slapd, silent: &SilentDirectory, people: usize, dead: bool) -> Result<i64> {
    let site = Site::new(LANES)?;
    let service = site.open().await?;
    let mut systems = vec![alive(slapd); SYSTEMS];
    if dead && let Some(last) = systems.last_mut() {
        *last = silent.settings()?;
    }
    let is_dead = |source| dead && source == SYSTEMS - 1;
    let native = |n, source| if is_dead(source) { format!("dead={n}") } else { Slapd::user_dn(n) };
    let population = Population::settle(&site, &service, &systems, Spread::Apart, people, native).await?;
    let count = (plan.window.as_secs_f64() * f64::from(PACE)) as usize * 2;
    let requests = population.requests(count, |n| format!("Paced-{dead}-{n}-password"))?;
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(worker::run(service.clone(), stopped));
    pace::accept(&service, &population.caller(), requests, PACE).await?;
    pace::until_none(&site, OPEN).await?;
    stop.send(true)?;
    worker.await??;
    let mut times = site.numbers(TIMES, i64::MAX).await?;
    let expected = if dead { count - count / SYSTEMS } else { count };
    ensure!(times.len() >= expected, "{} of {expected} changes were proved", times.len());
    times.sort_unstable();
    Ok(pace::quantile(&times, 0.99))
}

/// Changes per second of a queue at a living system, while `waiting` changes wait for a silent one.
async fn drained(slapd: &Slapd, silent: &SilentDirectory, people: usize, waiting: usize) -> Result<f64> {
    let site = Site::new(LANES)?;
    let service = site.open().await?;
    let systems = [Directory { pairs: (2, 8), ..alive(slapd) }, silent.settings()?];
    // Every second identity has its account on the silent system.
    let size = 2 * people.max(waiting);
    let native = |n, source| if source == 0 { Slapd::user_dn(n / 2 % people) } else { format!("dead={n}") };
    let native =
        |n: usize, source| if source == 0 && n / 2 >= people { format!("unused={n}") } else { native(n, source) };
    let population = Population::settle(&site, &service, &systems, Spread::Apart, size, native).await?;
    let caller = population.caller();
    let requests = population.requests(size, |n| format!("Backlog-{waiting}-{n}"))?;
    let (living, dead): (Vec<_>, Vec<_>) = requests.into_iter().enumerate().partition(|(n, _)| n % 2 == 0);
    accept(&service, &caller, dead.into_iter().take(waiting)).await?;
    accept(&service, &caller, living.into_iter().take(people)).await?;
    let (stop, stopped) = watch::channel(false);
    let started = Instant::now();
    let worker = tokio::spawn(worker::run(service, stopped));
    pace::until_none(&site, OPEN_LANES).await?;
    let rate = people as f64 / started.elapsed().as_secs_f64();
    stop.send(true)?;
    worker.await??;
    Ok(rate)
}

async fn accept(
    service: &Arc<Service>,
    caller: &Caller,
    requests: impl Iterator<Item = (usize, SetPasswordRequest)>,
) -> Result<()> {
    let accepts = requests.map(|(_, request)| service.set_password(caller, request));
    stream::iter(accepts).buffer_unordered(LANES).try_for_each(|_| std::future::ready(Ok(()))).await?;
    Ok(())
}
