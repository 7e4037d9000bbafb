//! Reading all accounts of a directory into an empty database, and again when nothing changed, beside `ldapsearch` that
//! reads the same entries page by page and keeps nothing.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use passwright_app::setup::{Setup, SetupDocument};
use passwright_testkit::Slapd;
use passwright_testkit::slapd::{Options, SERVICE_DN, SERVICE_PASSWORD, SUFFIX};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Plan;
use crate::process::resident;
use crate::server::Server;
use crate::site::{LANES, Site};
use crate::table::{Table, per_second, percent};

const GOAL: u64 = 150_000_000;
const CLIENT: &str = "11111111-1111-4111-8111-111111111111";
const SECRET: &str = "bench-secret-of-many-characters";
/// What the connector asks for without a schema.
const ATTRIBUTES: [&str; 16] = [
    "uid",
    "cn",
    "sn",
    "givenName",
    "displayName",
    "mail",
    "employeeNumber",
    "employeeType",
    "title",
    "departmentNumber",
    "telephoneNumber",
    "manager",
    "entryUUID",
    "pwdAccountLockedTime",
    "nsAccountLock",
    "objectClass",
];

pub(crate) fn measure(plan: &Plan, program: &Path, table: &mut Table) -> Result<()> {
    let slapd = Slapd::start_with(&Options { users: plan.accounts, ..Options::default() })?;
    let site = Site::new(LANES)?;
    tokio::runtime::Runtime::new()?.block_on(set_up(&site, &slapd))?;
    let bare = plan.accounts as f64 / ldapsearch(&site, &slapd)?.as_secs_f64();
    let server = Server::start(program, &site)?;
    for what in ["new", "unchanged"] {
        let (read, took) = aggregate(program, &server)?;
        ensure!(read == plan.accounts as u64, "{read} accounts were read, not {}", plan.accounts);
        let rate = plan.accounts as f64 / took.as_secs_f64();
        let beside = format!("{} of ldapsearch ({})", percent(rate / bare), per_second(bare));
        table.figure(format!("aggregation of {} accounts from slapd, {what}", plan.accounts), per_second(rate), beside);
    }
    let (now, most) = resident(server.pid())?;
    let mib = |bytes: u64| format!("{:.1} MiB", bytes as f64 / 1_048_576.0);
    let what = format!("memory, aggregation of {} accounts", plan.accounts);
    table.judged(what, mib(most), format!("{} afterwards", mib(now)), "< 150 MB at most", most < GOAL);
    Ok(())
}

async fn set_up(site: &Site, slapd: &Slapd) -> Result<()> {
    std::fs::write(site.path().join("service.secret"), SERVICE_PASSWORD)?;
    std::fs::write(site.path().join("client.secret"), SECRET)?;
    let (url, ca_file) = (slapd.ldaps_url(), slapd.ca_file());
    let text = format!(
        "[[source]]\nname = \"Directory\"\ncredential_file = \"service.secret\"\n\
         connector = {{ kind = \"ldap\", url = {url:?}, ca_file = {ca_file:?}, bind_dn = {SERVICE_DN:?}, \
         accounts = {{ base = \"ou=people,{SUFFIX}\" }} }}\n\n\
         [[api_client]]\nname = \"bench\"\nid = {CLIENT:?}\nsecret_file = \"client.secret\"\nrate_limit = 100000\n"
    );
    let setup = Setup::resolve(SetupDocument::parse(&text)?, site.path(), &|_| None)?;
    site.open().await?.apply(setup, false).await?;
    Ok(())
}

/// As somebody would who looks at all entries by hand.
fn ldapsearch(site: &Site, slapd: &Slapd) -> Result<Duration> {
    // By its address: ldapsearch takes "localhost" for the name of this machine, which is not in the certificate.
    let url = format!("ldaps://127.0.0.1:{}", slapd.ldaps_port());
    let mut command = Command::new("ldapsearch");
    command.args(["-LLL", "-x", "-H", &url, "-D", SERVICE_DN, "-y"]).arg(site.path().join("service.secret"));
    command.args(["-b", &format!("ou=people,{SUFFIX}"), "-E", "pr=500/noprompt", "(objectClass=person)"]);
    command.args(ATTRIBUTES).env("LDAPTLS_CACERT", slapd.ca_file()).stdout(Stdio::null());
    let started = Instant::now();
    let status = command.status().context("ldapsearch cannot be run")?;
    ensure!(status.success(), "ldapsearch ended with {status}");
    Ok(started.elapsed())
}

/// How many accounts were read and how long that took, as the service tells it.
fn aggregate(program: &Path, server: &Server) -> Result<(u64, Duration)> {
    let mut command = Command::new(program);
    command.args(["source", "aggregate", "Directory", "--json", "--base-url", &format!("http://{}", server.address)]);
    let output = command.env("SAIL_CLIENT_ID", CLIENT).env("SAIL_CLIENT_SECRET", SECRET).output()?;
    ensure!(output.status.success(), "aggregate: {}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let at = |name: &str| -> Result<OffsetDateTime> {
        Ok(OffsetDateTime::parse(told[name].as_str().context("no time")?, &Rfc3339)?)
    };
    let took = (at("endedAt")? - at("startedAt")?).try_into().context("it ended before it began")?;
    Ok((told["read"].as_u64().context("no count")?, took))
}
