//! Opening the database, reading, and handing writes to the engine.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Postgres};

use crate::connections::Connections;
use crate::sqlite::{ReadConnection, Readers};
use crate::writer::Writer;
use crate::{Listener, SqliteConnection, StorageError, Tx, Write, migrate};

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Options {
    /// `sqlite:///path/to/file` (made when absent) or `postgres://…`.
    pub url: String,
    /// Connections that read (SQLite) or all connections (PostgreSQL).
    pub connections: u32,
}

impl Options {
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: 4 }
    }
}

/// What survives what, as `/readyz` says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durability {
    pub engine: &'static str,
    /// `power-loss`: a committed write survives a power cut; `none`: it may not.
    pub class: &'static str,
    pub detail: String,
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store(Engine);

#[derive(Clone)]
enum Engine {
    Sqlite { writer: Writer, readers: Readers },
    Postgres(Connections),
}

/// A connection for reading.
pub enum Reader {
    Sqlite(ReadConnection),
    Postgres(PoolConnection<Postgres>),
}

impl Reader {
    pub fn tx(&mut self) -> Tx<'_> {
        match self {
            Self::Sqlite(c) => Tx::Sqlite(c.get()),
            Self::Postgres(c) => Tx::Postgres(c),
        }
    }
}

/// The file of `sqlite:///path/to/file` or `sqlite:path/to/file`; `None` for another engine's URL.
pub(crate) fn sqlite_path(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite:")?;
    Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
}

impl Store {
    /// Opens the database without changing its tables.
    ///
    /// # Errors
    /// When it cannot be reached or the URL is neither SQLite nor PostgreSQL.
    pub async fn open(options: &Options) -> Result<Self, StorageError> {
        if let Some(path) = sqlite_path(&options.url) {
            let writer = Writer::start(SqliteConnection::open(path)?)?;
            return Ok(Self(Engine::Sqlite { writer, readers: Readers::new(path, options.connections) }));
        }
        let postgres = PgConnectOptions::from_str(&options.url)?
            .application_name("passwright")
            // A node that was stopped in the middle of a transaction must not keep its rows from the others.
            .options([("idle_in_transaction_session_timeout", "5s")])
            .statement_cache_capacity(256)
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(options.connections.max(2))
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(postgres)
            .await?;
        Ok(Self(Engine::Postgres(Connections::new(pool))))
    }

    /// Brings the tables up to this version. Runs on its own connection, before the service starts.
    ///
    /// # Errors
    /// When a migration fails or the database is newer than this program.
    pub async fn migrate(options: &Options) -> Result<(), StorageError> {
        let migrator = sqlx::migrate!("./migrations");
        if let Some(path) = sqlite_path(&options.url) {
            migrate::run(&SqliteConnection::open(path)?, &migrator)?;
        } else {
            let mut connection =
                PgConnectOptions::from_str(&options.url)?.disable_statement_logging().connect().await?;
            migrator.run(&mut connection).await?;
            connection.close().await?;
        }
        Ok(())
    }

    /// Whether one process owns the database: its leases are void when that process starts.
    #[must_use]
    pub fn is_single_process(&self) -> bool {
        matches!(self.0, Engine::Sqlite { .. })
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&self) -> Result<Reader, StorageError> {
        Ok(match &self.0 {
            Engine::Sqlite { readers, .. } => Reader::Sqlite(readers.acquire().await?),
            Engine::Postgres(connections) => Reader::Postgres(connections.acquire().await?),
        })
    }

    /// Runs a write in a transaction and answers when it is committed and synced.
    ///
    /// # Errors
    /// What the write says, or that the database did not take it: then nothing was written.
    pub async fn write<W: Write>(&self, write: W) -> Result<W::Output, StorageError> {
        match &self.0 {
            Engine::Sqlite { writer, .. } => writer.write(write).await,
            Engine::Postgres(connections) => {
                for turn in 0..10 {
                    match write_postgres(connections, &write).await {
                        // Whoever it met is let through first.
                        Err(StorageError::RunAgain(_)) => tokio::time::sleep(Duration::from_millis(2 * turn)).await,
                        done => return done,
                    }
                }
                write_postgres(connections, &write).await
            }
        }
    }

    /// Hears when other nodes accept work; `None` where there are no others.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn listen(&self) -> Result<Option<Listener>, StorageError> {
        match &self.0 {
            Engine::Sqlite { .. } => Ok(None),
            Engine::Postgres(connections) => Listener::start(&connections.pool).await.map(Some),
        }
    }

    /// What a committed write survives, as the database itself says.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn durability(&self) -> Result<Durability, StorageError> {
        match &self.0 {
            Engine::Sqlite { .. } => Ok(Durability {
                engine: "sqlite",
                class: "power-loss",
                detail: "journal_mode=WAL synchronous=FULL".to_owned(),
            }),
            Engine::Postgres(connections) => {
                let mut connection = connections.acquire().await?;
                let (fsync, pages, commit): (String, String, String) = sqlx::query_as(
                    "SELECT current_setting('fsync'), current_setting('full_page_writes'), \
                     current_setting('synchronous_commit')",
                )
                .fetch_one(&mut *connection)
                .await?;
                let safe = fsync == "on" && pages == "on" && commit != "off";
                Ok(Durability {
                    engine: "postgresql",
                    class: if safe { "power-loss" } else { "none" },
                    detail: format!("fsync={fsync} full_page_writes={pages} synchronous_commit={commit}"),
                })
            }
        }
    }
}

async fn write_postgres<W: Write>(connections: &Connections, write: &W) -> Result<W::Output, StorageError> {
    let mut connection = connections.acquire().await?;
    let mut transaction = connection.begin().await?;
    // An error drops the transaction, which rolls it back.
    let output = write.apply(&mut Tx::Postgres(&mut transaction)).await?;
    transaction.commit().await?;
    Ok(output)
}
