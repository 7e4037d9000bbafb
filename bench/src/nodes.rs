//! A queue on PostgreSQL, drained against OpenLDAP by one node and by two, each a process of its own. All of them, the
//! database and the directory share the machine's cores, so two nodes are not expected to be twice as fast on two cores.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use passwright_testkit::slapd::{self, SERVICE_DN, SERVICE_PASSWORD};
use passwright_testkit::{Postgres, Slapd};

use crate::Plan;
use crate::population::{Directory, Population, Spread};
use crate::server::Server;
use crate::site::{LANES, Site};
use crate::table::{Table, per_second, percent};

const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(25);

pub(crate) fn measure(plan: &Plan, program: &Path, table: &mut Table) -> Result<()> {
    if let Some(why) = slapd::missing().or_else(Postgres::missing) {
        table.figure("changes written and proved on PostgreSQL", "not measured", why);
        return Ok(());
    }
    let slapd = Slapd::start_with(&slapd::Options { users: plan.queue, nosync: false, ..slapd::Options::default() })?;
    let postgres = Postgres::start()?;
    let one = drain(plan, program, &slapd, &postgres, 1)?;
    table.figure("changes written and proved on PostgreSQL, 1 node", per_second(one), "");
    let two = drain(plan, program, &slapd, &postgres, 2)?;
    let beside = format!("{} of 1 node", percent(two / one));
    table.figure("changes written and proved on PostgreSQL, 2 nodes", per_second(two), beside);
    Ok(())
}

fn drain(plan: &Plan, program: &Path, slapd: &Slapd, postgres: &Postgres, nodes: usize) -> Result<f64> {
    let url = postgres.fresh_database()?;
    let name = url.rsplit('/').next().context("a URL without a database")?.to_owned();
    let number = |sql: &str| -> Result<usize> { Ok(postgres.psql(&name, sql)?.trim().parse()?) };
    let site = Site::on_postgres(LANES, url)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(fill(plan, slapd, &site, nodes))?;
    // Ends the service of this process.
    drop(runtime);
    let started = Instant::now();
    let servers = (0..nodes).map(|_| Server::start(program, &site)).collect::<Result<Vec<_>>>()?;
    while number("SELECT COUNT(*) FROM password_change WHERE ended_at IS NULL")? > 0 {
        ensure!(started.elapsed() < PATIENCE, "the queue was not drained in {PATIENCE:?}");
        std::thread::sleep(POLL);
    }
    let lasted = started.elapsed();
    drop(servers);
    let proved = number("SELECT COUNT(*) FROM change_target WHERE state = 'proved'")?;
    ensure!(proved == plan.queue, "{proved} of {} changes were proved", plan.queue);
    Ok(plan.queue as f64 / lasted.as_secs_f64())
}

async fn fill(plan: &Plan, slapd: &Slapd, site: &Site, nodes: usize) -> Result<()> {
    let service = site.open().await?;
    let directory = Directory {
        url: slapd.ldaps_url(),
        ca_file: slapd.ca_file(),
        bind_dn: SERVICE_DN,
        password: SERVICE_PASSWORD,
        pairs: (2, 8),
    };
    let native = |n, _| Slapd::user_dn(n);
    let population = Population::settle(site, &service, &[directory], Spread::Apart, plan.queue, native).await?;
    let caller = population.caller();
    let requests = population.requests(plan.queue, |n| format!("Nodes-{nodes}-password-{n}"))?;
    let accepts = requests.into_iter().map(|request| service.set_password(&caller, request));
    stream::iter(accepts).buffer_unordered(LANES).try_for_each(|_| std::future::ready(Ok(()))).await?;
    Ok(())
}
