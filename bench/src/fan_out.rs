//! Changes that reach several systems which are some milliseconds away: a drained queue, and the time from the acceptance
//! of a change to its last proof while the service is not busy. Every target is an LDAP source of its own; behind all of
//! them is one OpenLDAP server, on which the accounts are different users.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use passwright_app::worker;
use passwright_testkit::Slapd;
use passwright_testkit::slapd::{self, SERVICE_DN, SERVICE_PASSWORD};
use tokio::sync::watch;

use crate::Plan;
use crate::pace;
use crate::population::{Directory, Population, Spread};
use crate::relay::Relay;
use crate::site::{LANES, Site};
use crate::table::{Table, per_second};

const MOST_TARGETS: usize = 10;
const PACE: u32 = 10;
const OPEN: &str = "SELECT COUNT(*) FROM password_change WHERE ended_at IS NULL";
const NOT_FINISHED: &str = "SELECT COUNT(*) FROM password_change WHERE state <> 'FINISHED'";
const TIMES: &str = "SELECT ended_at - accepted_at FROM password_change ORDER BY accepted_at DESC LIMIT $1";

pub(crate) fn measure(plan: &Plan, _: &Path, table: &mut Table) -> Result<()> {
    if let Some(why) = slapd::missing() {
        table.figure("changes of several targets", "not measured", why);
        return Ok(());
    }
    let people = plan.queue / 10;
    let options =
        slapd::Options { users: people * MOST_TARGETS, nosync: false, history: 0, ..slapd::Options::default() };
    let directory = Slapd::start_with(&options)?;
    for delay in [0, 5, 50].map(Duration::from_millis) {
        for targets in [1, 3, MOST_TARGETS] {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(one(plan, &directory, people, targets, delay, table))?;
        }
    }
    Ok(())
}

async fn one(
    plan: &Plan,
    slapd: &Slapd,
    people: usize,
    targets: usize,
    delay: Duration,
    table: &mut Table,
) -> Result<()> {
    let site = Site::new(LANES)?;
    let service = site.open().await?;
    let relay = Relay::start(slapd.ldaps_address(), delay).await?;
    let url = if delay.is_zero() { slapd.ldaps_url() } else { format!("ldaps://127.0.0.1:{}", relay.address.port()) };
    let directory =
        Directory { url, ca_file: slapd.ca_file(), bind_dn: SERVICE_DN, password: SERVICE_PASSWORD, pairs: (2, 8) };
    let sources = vec![directory; targets];
    let native = |person, source| Slapd::user_dn(person * MOST_TARGETS + source);
    let population = Population::settle(&site, &service, &sources, Spread::Together, people, native).await?;
    let caller = population.caller();
    let name = |part: &str, n: usize| format!("Far-{part}-{}-{targets}-{n}", delay.as_millis());
    let queue = population.requests(people, |n| name("queue", n))?;
    let accepts = queue.into_iter().map(|request| service.set_password(&caller, request));
    stream::iter(accepts).buffer_unordered(LANES).try_for_each(|_| std::future::ready(Ok(()))).await?;
    let (stop, stopped) = watch::channel(false);
    let started = Instant::now();
    let worker = tokio::spawn(worker::run(service.clone(), stopped));
    pace::until_none(&site, OPEN).await?;
    let rate = people as f64 / started.elapsed().as_secs_f64();
    let count = (plan.window.as_secs_f64() * f64::from(PACE)) as usize;
    let paced = population.requests(count, |n| name("paced", n))?;
    pace::accept(&service, &caller, paced, PACE).await?;
    pace::until_none(&site, OPEN).await?;
    stop.send(true)?;
    worker.await??;
    ensure!(site.number(NOT_FINISHED).await? == 0, "a change did not finish");
    let mut times = site.numbers(TIMES, i64::try_from(count)?).await?;
    times.sort_unstable();
    let [p50, p99] = [0.5, 0.99].map(|share| pace::millis(pace::quantile(&times, share)));
    let plural = if targets == 1 { "" } else { "s" };
    let what = format!("changes of {targets} target{plural} {} ms away, written and proved", delay.as_millis());
    let writes = per_second(rate * targets as f64);
    let beside = format!("{writes} targets; at {PACE}/s from accept to all proved: p50 {p50}, p99 {p99}");
    table.figure(what, per_second(rate), beside);
    Ok(())
}
