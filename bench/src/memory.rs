//! Resident memory of `passwright serve`: idle, and while a system is down and changes wait for it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::Plan;
use crate::accepts::SilentDirectory;
use crate::population::{Population, Spread};
use crate::process::resident;
use crate::server::Server;
use crate::site::{LANES, Site};
use crate::table::Table;

const SETTLE: Duration = Duration::from_secs(3);
const MIB: u64 = 1 << 20;

pub(crate) fn measure(plan: &Plan, program: &Path, table: &mut Table) -> Result<()> {
    let site = Site::new(LANES)?;
    look(program, &site, table, "memory, idle".to_owned(), 30)?;
    let silent = SilentDirectory::open()?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(fill(plan, &site, &silent))?;
    let waiting = runtime.block_on(site.number("SELECT COUNT(*) FROM password_change WHERE ended_at IS NULL"))?;
    ensure!(waiting == i64::try_from(plan.waiting)?, "{waiting} changes wait instead of {}", plan.waiting);
    drop(runtime);
    look(program, &site, table, format!("memory, {waiting} changes waiting for a silent target"), 100)
}

/// Accepts one change for each of many identities.
async fn fill(plan: &Plan, site: &Site, silent: &SilentDirectory) -> Result<()> {
    let service = site.open().await?;
    let native = |n, _| format!("uid=u{n},ou=people,dc=fix,dc=test");
    let population =
        Population::settle(site, &service, &[silent.settings()?], Spread::Apart, plan.waiting, native).await?;
    let caller = population.caller();
    let requests = population.requests(plan.waiting, |n| format!("Password-{n}"))?;
    let accepts = requests.into_iter().map(|request| service.set_password(&caller, request));
    stream::iter(accepts).buffer_unordered(LANES).try_for_each(|_| std::future::ready(Ok(()))).await?;
    Ok(())
}

fn look(program: &Path, site: &Site, table: &mut Table, what: String, goal_mib: u64) -> Result<()> {
    let server = Server::start(program, site)?;
    // Not a wait for something to happen: the point is that nothing does.
    std::thread::sleep(SETTLE);
    let (now, most) = resident(server.pid())?;
    let mib = |bytes: u64| format!("{:.1} MiB", bytes as f64 / MIB as f64);
    let beside = format!("{} at most since the start", mib(most));
    table.judged(what, mib(now), beside, format!("< {goal_mib} MB"), most < goal_mib * 1_000_000);
    Ok(())
}
