//! How much the pages weigh and how fast they come, each beside a file that is only sent: the style sheet of the same server.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use passwright_connectors::hash::{Argon2id, HashScheme};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::{identities, sign_in_passwords};
use passwright_storage::{StorageError, Tx, Write};

use crate::Plan;
use crate::accepts::SilentDirectory;
use crate::browser::{Answer, Browser};
use crate::population::{Population, Spread};
use crate::server::Server;
use crate::site::Site;
use crate::table::Table;

const PASSWORD: &str = "A password of the bench 1";
const GOAL_MS: f64 = 50.0;
/// A person may have 95 pages in ten seconds.
const OF_A_PERSON: usize = 80;
const GOAL_SCRIPT: usize = 30_000;
const GOAL_LOAD: usize = 100_000;

pub(crate) fn measure(plan: &Plan, program: &Path, table: &mut Table) -> Result<()> {
    let (site, silent) = (Site::new(1)?, SilentDirectory::open()?);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let service = site.open().await?;
        let native = |n, _| format!("uid=u{n},ou=people,dc=fix,dc=test");
        Population::settle(&site, &service, &[silent.settings()?], Spread::Apart, 100, native).await?;
        let hash = HashScheme::Argon2id(Argon2id::default()).hash(PASSWORD)?.to_string();
        service.store().write(SignInPassword { alias: "user.0", hash }).await?;
        anyhow::Ok(())
    })?;
    drop(runtime);
    let server = Server::start(program, &site)?;
    let (mut stranger, mut entered) = (Browser::open(server.address)?, Browser::open(server.address)?);
    let sign_in = found(entered.get("/sign-in")?)?;
    let form = sign_in.field("form")?;
    let fields = [("form", form.as_str()), ("username", "user.0"), ("password", &PASSWORD.replace(' ', "+"))];
    let answer = entered.post("/sign-in", &fields)?;
    ensure!(answer.status == 303, "the sign-in answered {}", answer.status);
    weigh([("/sign-in", &mut stranger), ("/password-manager", &mut entered)], table)?;

    let style = sign_in.links().into_iter().find(|link| link.ends_with(".css")).context("no style sheet")?;
    let loads = plan.starts * 50;
    let still = load(&mut stranger, &style, loads)?;
    let mut tell = |what: &str, times: &[f64]| {
        let (p50, beside) = (quantile(times, 0.5), quantile(&still, 0.5));
        let measured = format!("p50 {p50:.2} ms, p99 {:.2} ms", quantile(times, 0.99));
        let beside = format!("{:.1} × the style sheet of the same server ({beside:.2} ms)", p50 / beside);
        table.judged(what, measured, beside, "< 50 ms", quantile(times, 0.99) < GOAL_MS);
    };
    tell("first page (sign-in), on a new connection", &load(&mut stranger, "/sign-in", loads)?);
    tell(
        "the passwords of a person, on a new connection",
        &load(&mut entered, "/password-manager", loads.min(OF_A_PERSON))?,
    );
    Ok(())
}

/// Milliseconds of as many loads, the shortest first.
fn load(browser: &mut Browser, path: &str, loads: usize) -> Result<Vec<f64>> {
    let mut times = Vec::with_capacity(loads);
    for _ in 0..loads {
        browser.reconnect()?;
        times.push(found(browser.get(path)?)?.micros / 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

fn quantile(times: &[f64], share: f64) -> f64 {
    times.get((times.len() as f64 * share) as usize).or(times.last()).copied().unwrap_or_default()
}

/// Everything a browser loads for a page it has not seen, as it is sent without compression.
fn weigh(pages: [(&str, &mut Browser); 2], table: &mut Table) -> Result<()> {
    let mut script = BTreeMap::new();
    for (path, browser) in pages {
        let page = found(browser.get(path)?)?;
        let (mut load, mut seen, mut open) = (page.body.len(), BTreeSet::new(), page.links());
        while let Some(link) = open.pop() {
            if !seen.insert(link.clone()) {
                continue;
            }
            let file = found(browser.get(&link)?)?;
            load += file.body.len();
            if link.ends_with(".js") {
                open.extend(file.links());
                script.insert(link, file.body.len());
            }
        }
        let what = format!("first load of `{path}`: page, style, scripts, icons");
        table.judged(what, kilobytes(load), format!("{} files", seen.len() + 1), "< 100 kB", load < GOAL_LOAD);
    }
    let sum = script.values().sum();
    table.judged(
        "scripts of these pages",
        kilobytes(sum),
        format!("{} files", script.len()),
        "< 30 kB",
        sum < GOAL_SCRIPT,
    );
    Ok(())
}

fn found(answer: Answer) -> Result<Answer> {
    if answer.status != 200 {
        bail!("answered {}: {}", answer.status, answer.body);
    }
    Ok(answer)
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} kB", bytes as f64 / 1e3)
}

struct SignInPassword {
    alias: &'static str,
    hash: String,
}

impl Write for SignInPassword {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        if let Some(identity) = identities::lookup_by_alias(tx, self.alias).await? {
            sign_in_passwords::set(tx, &identity.id, &self.hash, Timestamp(0)).await?;
        }
        Ok(())
    }
}
