//! The demo: the service on SQLite with four real systems of its own, in one folder, for this machine alone.
//!
//! The folder is the whole state: random secrets, the systems' data, the service's database. A start on an existing
//! folder resumes; what depends on ports (`demo.env`, the set-up document) is written again. Everything in it belongs to
//! its user alone (0700, 0600).

mod document;
mod environment;
mod folder;
mod people;
mod state;
mod systems;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use passwright_app::jobs::Retention;
use passwright_app::sessions::SessionSettings;
use passwright_app::{MailSettings, OutboundSettings, Service, Settings, languages};
use passwright_connectors::notify::mail::{MailConfig, MailTls};
use passwright_connectors::notify::{Network, Networks};
use passwright_http::Front;
use passwright_storage::{Options, Store};

use crate::commands::apply;
use crate::config::{Log, LogFormat, limits_over};
use crate::exit::Failure;
use crate::server::{self, Parts};
use folder::Folder;
use state::State;

/// A demo's help desk may make this many tokens: benchmarks and tests do.
const LIMITS: [(&str, u32); 2] = [("digit_tokens_per_day", 10_000), ("digit_tokens_per_issuer_hour", 10_000)];
const LANES: usize = 64;

/// Runs the demo until a signal ends it.
pub(crate) async fn run(dir: PathBuf, listen: SocketAddr, mail_port: Option<u16>) -> Result<ExitCode, Failure> {
    server::harden()?;
    if !listen.ip().is_loopback() {
        let why = format!("--listen {listen}: the demo speaks plain http and serves this machine alone; use 127.0.0.1");
        return Err(Failure::Usage(why));
    }
    let level = std::env::var("PASSWRIGHT_LOG_LEVEL").unwrap_or_else(|_| "warn".to_owned());
    crate::logging::start(&Log { format: LogFormat::Text, level });
    let folder = Folder::open(&dir)?;
    let listener = server::bind(listen).await?;
    let address = listener.local_addr().map_err(|e| Failure::run("no address", &e))?;
    let url = format!("http://{address}");
    let mut state = State::open(&folder)?;

    let (directory, (), service) = tokio::try_join!(
        systems::start_directory(&folder, &state),
        systems::seed(&folder, &state),
        open_service(&folder, &url, mail_port)
    )?;
    state.seeded = true;
    state.ldap_port = Some(directory.addr().port());
    state.save(&folder)?;

    let document = folder.path("setup.toml");
    folder.write("setup.toml", &document::document(&folder, &state, &directory)?)?;
    service.apply(apply::read(&document)?, false).await.map_err(|e| apply::in_document(&document, e))?;
    folder.write("demo.env", &environment::environment(&folder, &state, &url, &directory)?)?;

    let parts = Parts { front: Some(Front::plain(listener)), works: true, retention: Retention::default() };
    let ended = server::run(service, parts, || announce(&folder, &url)).await;
    directory.stop().await;
    ended.map(|()| ExitCode::SUCCESS)
}

async fn open_service(folder: &Folder, url: &str, mail_port: Option<u16>) -> Result<Arc<Service>, Failure> {
    let mut database = Options::new(format!("sqlite://{}", folder.path("passwright.sqlite3").display()));
    database.connections = 8;
    Store::migrate(&database).await?;
    let limits = limits_over(&LIMITS)?;
    let settings = Settings {
        database,
        root_key_file: folder.path("root.key"),
        epoch_key_file: folder.path("epoch.key"),
        public_url: url.to_owned(),
        org: "demo".to_owned(),
        pod: "local".to_owned(),
        rsa_bits: 2048,
        shared_key_handle: false,
        digit_token_limits: limits.digit_tokens(),
        payload_budget: limits.payloads(),
        worker_lanes: LANES,
        source_limits: passwright_app::SourceLimits::default(),
        // Its systems run in this process or are files beside it: what is not done soon is not done later.
        late_writes: Duration::from_secs(1),
        // Webhooks can be tried with a receiver on this machine.
        outbound: OutboundSettings {
            allowed_networks: this_machine(),
            mail: mail_port.map(mail),
            ..OutboundSettings::default()
        },
        sessions: SessionSettings::default(),
    };
    Ok(Service::open(settings).await?)
}

fn this_machine() -> Networks {
    Networks::new(["127.0.0.0/8", "::1"].iter().filter_map(|network| network.parse::<Network>().ok()).collect())
}

/// A mail server of this machine that catches what it is given, as developers have one.
fn mail(port: u16) -> MailSettings {
    let config = MailConfig {
        host: "127.0.0.1".to_owned(),
        port,
        tls: MailTls::Plain,
        ca_file: None,
        from: "Passwright demo <passwords@acme.example>".to_owned(),
        user: None,
        hello: "localhost".to_owned(),
    };
    let [language, ..] = languages::all();
    MailSettings { config, password: None, language }
}

/// The program as it was called, for a shell: `cargo run` does not put it on the path.
fn program() -> String {
    let called = std::env::args().next().unwrap_or_else(|| "passwright".to_owned());
    let plain = called.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    if plain { called } else { environment::quoted(&called) }
}

/// One line for programs on stdout, the rest for people on stderr. A reader that has gone away is no fault.
fn announce(folder: &Folder, url: &str) {
    let (file, program, mut error) = (environment::quoted(&folder.text("demo.env")), program(), std::io::stderr());
    let _ = writeln!(
        error,
        "The demo runs. The pages are at {url}; the users and their first passwords are in {}.",
        folder.text("secrets")
    );
    let _ = writeln!(error, "In another terminal:");
    let _ = writeln!(error, "  . {file}");
    let _ = writeln!(error, "  {program} password info --user Abby.Smith --source My-AD");
    let _ = writeln!(error, "  {program} password set --user Abby.Smith --source My-AD");
    let _ = writeln!(error, "Ctrl-C ends it; the same command resumes it.");
    let mut out = std::io::stdout();
    let _ = writeln!(out, "ready {url}");
    let _ = out.flush();
}
