//! From the start of `passwright serve` on an existing database to the first 200 of `/livez`.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::Plan;
use crate::server::Server;
use crate::site::Site;
use crate::table::Table;

const GOAL: Duration = Duration::from_millis(300);

/// The database is the one that the accepts left behind; the server before was killed.
pub(crate) fn measure(plan: &Plan, program: &Path, site: &Site, table: &mut Table) -> Result<()> {
    let mut times =
        (0..plan.starts).map(|_| Ok(Server::start(program, site)?.started_in)).collect::<Result<Vec<_>>>()?;
    times.sort_unstable();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    let runtime = tokio::runtime::Runtime::new()?;
    let changes = runtime.block_on(site.number("SELECT COUNT(*) FROM password_change"))?;
    let measured = format!("{} ms, slowest of {} {} ms", median.as_millis(), times.len(), slowest.as_millis());
    let what = "start on an existing database to the first answer, median";
    table.judged(what, measured, format!("after a kill, {changes} changes waiting"), "< 0.3 s", median < GOAL);
    Ok(())
}
