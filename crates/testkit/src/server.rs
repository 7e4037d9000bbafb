//! The real program, running: the demo in a folder of its own, or the service with a written configuration. Tests speak to
//! it as its users do. It ends with its guard, by its own pid.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use ldap3::{LdapConnAsync, LdapConnSettings};
use passwright_client::{Client, ClientBuilder, PathFamily};
use rustix::process::Signal;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;

use crate::process::{Server, wait_until};

/// An unoptimised build makes its keys more slowly than the 3 s a released demo may take.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// For one exchange with the demo's directory.
const LDAP_WITHIN: Duration = Duration::from_secs(10);

/// The credentials of `demo.env`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// An API client with the default rate limit.
    ApiClient,
    /// An API client with a rate limit that no test reaches.
    BulkClient,
    /// Abby Smith's personal access token.
    Abby,
    /// The personal access token of an ORG_ADMIN.
    Admin,
    /// The personal access token of a HELPDESK.
    Helpdesk,
}

impl Login {
    /// The variables with its id and its secret.
    fn variables(self) -> (&'static str, &'static str) {
        match self {
            Self::ApiClient => ("SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"),
            Self::BulkClient => ("PASSWRIGHT_BULK_CLIENT_ID", "PASSWRIGHT_BULK_CLIENT_SECRET"),
            Self::Abby => ("PASSWRIGHT_PAT_ID", "PASSWRIGHT_PAT_SECRET"),
            Self::Admin => ("PASSWRIGHT_ADMIN_PAT_ID", "PASSWRIGHT_ADMIN_PAT_SECRET"),
            Self::Helpdesk => ("PASSWRIGHT_HELPDESK_PAT_ID", "PASSWRIGHT_HELPDESK_PAT_SECRET"),
        }
    }
}

/// What a program is started with besides its arguments.
#[derive(Debug, Clone, Default)]
pub struct Launch {
    /// Names and values added to its environment.
    pub environment: Vec<(String, String)>,
    /// A program with arguments that sets something up and then becomes the program under test, such as `prlimit`.
    pub through: Vec<String>,
}

enum Mode {
    Demo { listen: String },
    Serve { config: PathBuf },
    Work { config: PathBuf },
}

/// A running program.
pub struct TestServer {
    // Before the folder: the program ends first.
    server: Option<Server>,
    program: PathBuf,
    mode: Mode,
    launch: Launch,
    folder: TempDir,
    url: String,
    variables: BTreeMap<String, String>,
}

impl TestServer {
    /// Starts `passwright demo` in a new folder on a free port. `program` is the binary under test.
    ///
    /// # Errors
    /// When it is not ready in time; the error holds what it printed.
    pub fn demo(program: impl Into<PathBuf>) -> Result<Self> {
        Self::demo_with(program, Launch::default())
    }

    /// The same, launched in another way.
    ///
    /// # Errors
    /// As [`demo`](Self::demo).
    pub fn demo_with(program: impl Into<PathBuf>, launch: Launch) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("passwright-demo-").tempdir()?;
        Self::start(program.into(), folder, Mode::Demo { listen: "127.0.0.1:0".to_owned() }, launch)
    }

    /// Starts the demo on the folder `data` in a folder that is there already; it is removed at the end.
    ///
    /// # Errors
    /// As [`demo`](Self::demo).
    pub fn demo_in(program: impl Into<PathBuf>, folder: TempDir) -> Result<Self> {
        Self::start(program.into(), folder, Mode::Demo { listen: "127.0.0.1:0".to_owned() }, Launch::default())
    }

    /// Starts `passwright serve` with this configuration; `folder` is removed at the end.
    ///
    /// # Errors
    /// When it is not ready in time; the error holds what it printed.
    pub fn serve(program: impl Into<PathBuf>, folder: TempDir, config: PathBuf) -> Result<Self> {
        Self::serve_with(program, folder, config, Launch::default())
    }

    /// The same, launched in another way.
    ///
    /// # Errors
    /// As [`serve`](Self::serve).
    pub fn serve_with(program: impl Into<PathBuf>, folder: TempDir, config: PathBuf, launch: Launch) -> Result<Self> {
        Self::start(program.into(), folder, Mode::Serve { config }, launch)
    }

    /// Starts `passwright worker` with this configuration; `folder` is removed at the end. It has no URL.
    ///
    /// # Errors
    /// When it is not at work in time; the error holds what it printed.
    pub fn worker(program: impl Into<PathBuf>, folder: TempDir, config: PathBuf, launch: Launch) -> Result<Self> {
        Self::start(program.into(), folder, Mode::Work { config }, launch)
    }

    fn start(program: PathBuf, folder: TempDir, mode: Mode, launch: Launch) -> Result<Self> {
        let (url, variables) = (String::new(), BTreeMap::new());
        let mut server = Self { server: None, program, mode, launch, folder, url, variables };
        server.restart()?;
        Ok(server)
    }

    /// Starts the program on its data and its address; a running one is stopped before.
    ///
    /// # Errors
    /// When it is not ready in time.
    pub fn restart(&mut self) -> Result<()> {
        self.stop();
        let mut command = match self.launch.through.split_first() {
            Some((through, arguments)) => {
                let mut command = Command::new(through);
                command.args(arguments).arg(&self.program);
                command
            }
            None => Command::new(&self.program),
        };
        match &self.mode {
            Mode::Demo { listen } => command.arg("demo").arg("--dir").arg(self.data()).args(["--listen", listen]),
            Mode::Serve { config } => command.arg("serve").arg("--config").arg(config),
            Mode::Work { config } => command.arg("worker").arg("--config").arg(config),
        };
        let log = self.log_file();
        // A setting of the one who runs the tests must not change what is tested.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PASSWRIGHT_")) {
            command.env_remove(name);
        }
        command.env("PASSWRIGHT_LOG_LEVEL", "info").current_dir(self.folder.path());
        command.envs(self.launch.environment.iter().map(|(name, value)| (name, value)));
        self.server = Some(Server::start(&mut command, &log)?);
        self.url = self.ready().with_context(|| format!("the program said:\n{}", self.log()))?;
        if let Mode::Demo { listen } = &mut self.mode {
            // The address is part of the tokens' issuer, so the next start takes the same.
            self.url.strip_prefix("http://").context("the demo's URL is not http")?.clone_into(listen);
            self.variables = variables(&self.file("demo.env"))?;
        }
        Ok(())
    }

    /// The same on another free port: the service is then known under another URL.
    ///
    /// # Errors
    /// When it is not ready in time, or not a demo.
    pub fn restart_elsewhere(&mut self) -> Result<()> {
        match &mut self.mode {
            Mode::Demo { listen } => "127.0.0.1:0".clone_into(listen),
            Mode::Serve { .. } | Mode::Work { .. } => bail!("the address of a service is in its configuration"),
        }
        self.restart()
    }

    /// The URL the program serves, once it does; of a worker, an empty text once it works.
    fn ready(&mut self) -> Result<String> {
        let mut found = String::new();
        let log = self.log_file();
        let works = matches!(self.mode, Mode::Work { .. });
        let Some(server) = &mut self.server else { bail!("not started") };
        wait_until(READY_WITHIN, || {
            ensure!(server.is_running(), "the program ended");
            let text = std::fs::read_to_string(&log)?;
            if works {
                return Ok(text.contains(" working"));
            }
            let whole = text.rfind('\n').and_then(|end| text.get(..end)).unwrap_or_default();
            let line = whole.lines().find_map(|line| line.strip_prefix("ready "));
            found = line.unwrap_or_default().trim().to_owned();
            Ok(!found.is_empty())
        })?;
        Ok(found)
    }

    /// Ends the program in good order (SIGTERM); the data stay.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// Sends SIGTERM and gives the exit status; the data stay.
    ///
    /// # Errors
    /// When the program does not end in this time; then it is ended by force.
    pub fn terminate(&mut self, within: Duration) -> Result<ExitStatus> {
        let mut server = self.server.take().context("not started")?;
        server.signal(Signal::TERM);
        server.wait(within)
    }

    /// Ends the program as a crash would (SIGKILL); the data stay.
    pub fn kill(&mut self) {
        if let Some(server) = &mut self.server {
            server.signal(Signal::KILL);
        }
        self.server = None;
    }

    /// Stops the program in its tracks (true) or lets it go on (false): connections stay open, nothing is done.
    pub fn freeze(&mut self, frozen: bool) {
        if let Some(server) = &mut self.server {
            server.freeze(frozen);
        }
    }

    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(Server::pid)
    }

    /// Without a trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `127.0.0.1:port`
    #[must_use]
    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap_or(&self.url)
    }

    /// The folder of the data.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file of the demo: `crm.sqlite3`, `intranet.htpasswd`, `reports.sqlite3`, `demo.env`.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.data().join(name)
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("output.log")
    }

    /// What the program printed since its last start.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// A variable of `demo.env`.
    ///
    /// # Errors
    /// When there is no such variable.
    pub fn variable(&self, name: &str) -> Result<&str> {
        self.variables.get(name).map(String::as_str).with_context(|| format!("demo.env has no {name}"))
    }

    /// Id and secret.
    ///
    /// # Errors
    /// When `demo.env` lacks them.
    pub fn credentials(&self, login: Login) -> Result<(&str, &str)> {
        let (id, secret) = login.variables();
        Ok((self.variable(id)?, self.variable(secret)?))
    }

    /// A client with this login. It belongs to the runtime it is first used in.
    ///
    /// # Errors
    /// When `demo.env` lacks the login.
    pub fn client(&self, login: Login, family: PathFamily) -> Result<Client> {
        let (id, secret) = self.credentials(login)?;
        Ok(self.client_builder(family).credentials(id, secret).build()?)
    }

    /// A client that still needs credentials or a token.
    pub fn client_builder(&self, family: PathFamily) -> ClientBuilder {
        Client::builder().base_url(self.url.clone()).path_family(family)
    }

    /// Whether the demo's directory lets this user sign in; over LDAPS, with the certificate and its name checked.
    ///
    /// # Errors
    /// When the directory does not answer, or answers neither success nor invalid credentials.
    pub async fn directory_accepts(&self, dn: &str, password: &str) -> Result<bool> {
        let url = self.variable("PASSWRIGHT_DEMO_LDAP_URL")?;
        let ca = self.variable("PASSWRIGHT_DEMO_CA_FILE")?;
        signs_in(url, Path::new(ca), dn, password).await
    }
}

/// Whether a directory lets this user sign in; over TLS, with the certificate and its name checked.
///
/// # Errors
/// When the directory does not answer, or answers neither success nor invalid credentials.
pub async fn signs_in(url: &str, ca: &Path, dn: &str, password: &str) -> Result<bool> {
    let settings = LdapConnSettings::new().set_config(tls(ca)?).set_conn_timeout(LDAP_WITHIN);
    let (connection, mut ldap) = LdapConnAsync::with_settings(settings, url).await?;
    ldap3::drive!(connection);
    let answer = ldap.with_timeout(LDAP_WITHIN).simple_bind(dn, password).await?;
    match answer.rc {
        0 => Ok(true),
        49 => Ok(false),
        code => bail!("the directory answered {code}: {}", answer.text),
    }
}

fn tls(ca: &Path) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca)?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

/// Reads lines `export NAME='value'`.
fn variables(file: &Path) -> Result<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut variables = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let pair = line.strip_prefix("export ").and_then(|rest| rest.split_once('='));
        let value = pair.and_then(|(_, value)| value.strip_prefix('\'')?.strip_suffix('\''));
        let (Some((name, _)), Some(value)) = (pair, value) else { bail!("demo.env: not an export line: {line}") };
        variables.insert(name.to_owned(), value.to_owned());
    }
    Ok(variables)
}
