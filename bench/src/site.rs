//! An installation in a temporary folder, on SQLite unless told otherwise: its files, its settings, and the same settings as `serve` reads them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use passwright_app::{Service, Settings};
use passwright_domain::budget::PayloadBudget;
use passwright_domain::digit_token::AttemptLimits;
use passwright_storage::{Options, Store};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

/// Issuer of the tokens; the address that is really listened on may be another.
const PUBLIC_URL: &str = "http://127.0.0.1:8080";
/// The defaults of `serve`.
const CONNECTIONS: u32 = 8;
pub(crate) const LANES: usize = 64;

/// The folder goes when this value is dropped.
pub(crate) struct Site {
    folder: TempDir,
    lanes: usize,
    /// A PostgreSQL database in place of the file in the folder.
    postgres: Option<String>,
    /// Further sections of the settings file of `serve`.
    settings: &'static str,
}

impl Site {
    /// `lanes`: what the worker works on at once.
    pub(crate) fn new(lanes: usize) -> Result<Self> {
        Ok(Self {
            folder: tempfile::Builder::new().prefix("passwright-bench-").tempdir()?,
            lanes,
            postgres: None,
            settings: "",
        })
    }

    /// The same on a PostgreSQL database.
    pub(crate) fn on_postgres(lanes: usize, url: String) -> Result<Self> {
        Ok(Self { postgres: Some(url), ..Self::new(lanes)? })
    }

    /// The same with further sections in the settings file of `serve`.
    pub(crate) fn with_settings(self, settings: &'static str) -> Self {
        Self { settings, ..self }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The service in this process, on a database with the tables of today.
    pub(crate) async fn open(&self) -> Result<Arc<Service>> {
        let database = Options { url: self.database_url(), connections: CONNECTIONS };
        Store::migrate(&database).await?;
        let settings = Settings {
            database,
            root_key_file: self.path().join("root.key"),
            epoch_key_file: self.path().join("epoch.key"),
            public_url: PUBLIC_URL.to_owned(),
            org: "passwright".to_owned(),
            pod: "local".to_owned(),
            rsa_bits: 2048,
            shared_key_handle: false,
            digit_token_limits: AttemptLimits::default(),
            payload_budget: PayloadBudget::default(),
            worker_lanes: self.lanes,
            source_limits: passwright_app::SourceLimits { lanes: self.lanes, ..Default::default() },
            late_writes: passwright_app::worker::LATE_WRITES,
            outbound: passwright_app::OutboundSettings::default(),
            sessions: passwright_app::sessions::SessionSettings::default(),
        };
        Ok(Service::open(settings).await?)
    }

    /// Writes the settings file of `serve`; all that is not in it has its default.
    pub(crate) fn write_config(&self, listen: std::net::SocketAddr) -> Result<PathBuf> {
        let (url, lanes) = (self.database_url(), self.lanes);
        let [root, epoch] = ["root.key", "epoch.key"].map(|name| self.path().join(name));
        let text = format!(
            "[server]\nlisten = \"{listen}\"\npublic_url = \"{PUBLIC_URL}\"\n\n[database]\nurl = \"{url}\"\n\n\
             [keys]\nroot_key_file = {root:?}\nepoch_key_file = {epoch:?}\n\n[worker]\nlanes = {lanes}\nlanes_per_source = {lanes}\n{}",
            self.settings
        );
        let path = self.path().join("passwright.toml");
        std::fs::write(&path, text)?;
        Ok(path)
    }

    /// Asks the SQLite database for one number, without the service.
    pub(crate) async fn number(&self, sql: &'static str) -> Result<i64> {
        let options = SqliteConnectOptions::new().filename(self.path().join("passwright.sqlite3"));
        let mut connection = options.connect().await?;
        let (number,) = sqlx::query_as::<_, (i64,)>(sql).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(number)
    }

    /// Asks the SQLite database for a column of numbers; `most` is the statement's one parameter.
    pub(crate) async fn numbers(&self, sql: &'static str, most: i64) -> Result<Vec<i64>> {
        let options = SqliteConnectOptions::new().filename(self.path().join("passwright.sqlite3"));
        let mut connection = options.connect().await?;
        let rows = sqlx::query_as::<_, (i64,)>(sql).bind(most).fetch_all(&mut connection).await?;
        connection.close().await?;
        Ok(rows.into_iter().map(|(number,)| number).collect())
    }

    fn database_url(&self) -> String {
        if let Some(url) = &self.postgres {
            return url.clone();
        }
        format!("sqlite://{}", self.path().join("passwright.sqlite3").display())
    }
}
