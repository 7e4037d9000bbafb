//! SQLite, called synchronously: a statement takes microseconds, so handing it to another thread and waiting for the answer
//! would cost more than running it. Writes run on the writer's own thread, reads where they are asked for.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Row, ToSql};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::StorageError;

/// How long a statement waits for another process (a backup, a `sqlite3` shell) to let go of the file.
const BUSY: Duration = Duration::from_secs(5);
/// Statements kept prepared on a connection; more than there are.
const STATEMENTS: usize = 512;

/// One connection. A committed write survives a power cut, erased cells are overwritten, references hold.
pub struct SqliteConnection {
    connection: rusqlite::Connection,
    synced: bool,
}

impl SqliteConnection {
    /// Opens the file, made when absent.
    pub(crate) fn open(path: &Path) -> Result<Self, StorageError> {
        let connection = rusqlite::Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Else a statement is prepared again for each new value of a parameter that its plan might depend on.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;",
        )?;
        Ok(Self { connection, synced: true })
    }

    /// Opens the file for reading alone.
    fn open_reader(path: &Path) -> Result<Self, StorageError> {
        let connection = Self::open(path)?;
        connection.batch("PRAGMA query_only = ON")?;
        Ok(connection)
    }

    /// Runs statements without parameters.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), StorageError> {
        Ok(self.connection.execute_batch(sql)?)
    }

    /// Whether the next commits wait for the disk.
    pub(crate) fn set_synced(&mut self, synced: bool) -> Result<(), StorageError> {
        if self.synced != synced {
            self.batch(if synced { "PRAGMA synchronous = FULL" } else { "PRAGMA synchronous = NORMAL" })?;
            self.synced = synced;
        }
        Ok(())
    }

    /// Whether a transaction is open.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Rows inserted, changed or deleted since the connection was opened.
    pub(crate) fn total_changes(&self) -> u64 {
        self.connection.total_changes()
    }

    /// Runs a statement; gives the number of affected rows.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn execute(&self, sql: &str, parameters: &[&dyn ToSql]) -> Result<u64, StorageError> {
        let mut statement = self.bound(sql, parameters)?;
        Ok(u64::try_from(statement.raw_execute()?).unwrap_or(u64::MAX))
    }

    /// Runs a statement and reads its rows, `most` at most.
    ///
    /// # Errors
    /// What SQLite says, and a column of another type than `R` has.
    pub fn fetch<R>(&self, sql: &str, parameters: &[&dyn ToSql], most: usize) -> Result<Vec<R>, StorageError>
    where
        R: for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error>,
    {
        let mut statement = self.bound(sql, parameters)?;
        let mut rows = statement.raw_query();
        let mut read = Vec::new();
        while read.len() < most
            && let Some(row) = rows.next()?
        {
            read.push(R::try_from(row)?);
        }
        Ok(read)
    }

    /// SQLite counts `$2` as a name, in the order of appearance; here it is the second parameter, as PostgreSQL has it.
    fn bound(&self, sql: &str, parameters: &[&dyn ToSql]) -> Result<CachedStatement<'_>, StorageError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        for index in 1..=statement.parameter_count() {
            let number = statement.parameter_name(index).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
            let parameter = number.and_then(|number| parameters.get(number.checked_sub(1)?));
            let parameter = parameter.ok_or(rusqlite::Error::InvalidParameterCount(index, parameters.len()))?;
            statement.raw_bind_parameter(index, parameter)?;
        }
        Ok(statement)
    }

    #[doc(hidden)]
    pub fn prepares(&self, sql: &str) -> Result<(), StorageError> {
        self.connection.prepare(sql).map(|_| ()).map_err(StorageError::from)
    }
}

/// Connections that read, each opened when it is first needed.
#[derive(Clone)]
pub(crate) struct Readers {
    path: Arc<Path>,
    places: Arc<[Arc<Mutex<Option<SqliteConnection>>>]>,
    free: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn new(path: &Path, most: u32) -> Self {
        let places: Arc<[_]> = (0..most.max(1)).map(|_| Arc::default()).collect();
        Self { path: path.into(), free: Arc::new(Semaphore::new(places.len())), places }
    }

    pub(crate) async fn acquire(&self) -> Result<ReadConnection, StorageError> {
        let permit = self.free.clone().acquire_owned().await.map_err(|_| StorageError::Stopped)?;
        // There are as many permits as places, and a place is left before its permit.
        let place = self.places.iter().find_map(|place| place.clone().try_lock_owned().ok());
        let mut place = place.ok_or(StorageError::Stopped)?;
        if place.is_none() {
            *place = Some(SqliteConnection::open_reader(&self.path)?);
        }
        let connection = OwnedMutexGuard::try_map(place, Option::as_mut).map_err(|_| StorageError::Stopped)?;
        Ok(ReadConnection { connection, _permit: permit })
    }
}

/// A borrowed connection; it is free again when this is dropped.
pub struct ReadConnection {
    connection: OwnedMappedMutexGuard<Option<SqliteConnection>, SqliteConnection>,
    _permit: OwnedSemaphorePermit,
}

impl ReadConnection {
    pub(crate) fn get(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}
