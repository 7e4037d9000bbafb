//! Tables in a SQLite file, and what its errors mean.
//!
//! A file is never created. When another file stands under the path than the one that was opened (a restored
//! copy), it is opened afresh: writes to the old one would be lost although they succeed.

use std::borrow::Cow;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::time::Duration;

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqlitePoolOptions, SqliteRow, SqliteSynchronous};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Error, Executor as _, Row as _, SqlSafeStr as _, Sqlite,
    SqlitePool, TypeInfo as _, ValueRef as _,
};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::engine::{Changed, conclude, first_rows};
use super::row::{Argument, Row, Value};
use super::statement::Statement;
use crate::fault_table::Listed;
use crate::{Fault, FaultClass};

/// How long a call waits for another writer, and for a free connection.
const WAIT: Duration = Duration::from_secs(5);
/// One writes, one reads; SQLite has one writer at a time.
const MAX_CONNECTIONS: u32 = 2;
const IDLE: Duration = Duration::from_secs(60);

pub(super) struct SqliteTables {
    path: PathBuf,
    open: Mutex<Option<Open>>,
}

struct Open {
    device: u64,
    inode: u64,
    pool: SqlitePool,
}

impl SqliteTables {
    /// Opens nothing yet.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, open: Mutex::new(None) }
    }

    /// The pool on the file that stands under the path now.
    async fn pool(&self) -> Result<SqlitePool, Fault> {
        let metadata = tokio::fs::metadata(&self.path).await.map_err(|error| self.unreachable(&error))?;
        if !metadata.is_file() {
            return Err(self.fault(
                FaultClass::Configuration,
                "the database of this source is not a file",
                "not a file",
            ));
        }
        let (device, inode) = (metadata.dev(), metadata.ino());
        let mut open = self.open.lock().await;
        if let Some(open) = open.as_ref().filter(|open| open.device == device && open.inode == inode) {
            return Ok(open.pool.clone());
        }
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .create_if_missing(false)
            .busy_timeout(WAIT)
            .synchronous(SqliteSynchronous::Full)
            .disable_statement_logging();
        let pool = SqlitePoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(WAIT)
            .idle_timeout(IDLE)
            .connect_lazy_with(options);
        *open = Some(Open { device, inode, pool: pool.clone() });
        Ok(pool)
    }

    /// Prepares the statements, so that a wrong table or column is named; runs none.
    pub(super) async fn test(&self, statements: &[&Statement]) -> Result<(), Fault> {
        let pool = self.pool().await?;
        self.writable()?;
        for statement in statements {
            let text = AssertSqlSafe(statement.text.as_str()).into_sql_str();
            pool.prepare(text).await.map_err(|error| self.failed(&error, ""))?;
        }
        Ok(())
    }

    /// The first rows, `most` of them.
    pub(super) async fn rows(&self, of: &Statement, values: &[Argument<'_>], most: usize) -> Result<Vec<Row>, Fault> {
        let pool = self.pool().await?;
        first_rows(query(of, values).fetch(&pool), most, decode).await.map_err(|error| self.failed(&error, ""))
    }

    /// Changes one row, or nothing.
    pub(super) async fn change_one(
        &self,
        of: &Statement,
        values: &[Argument<'_>],
        secret: &str,
    ) -> Result<Changed, Fault> {
        let failed = |error: Error| self.failed(&error, secret);
        let pool = self.pool().await?;
        // IMMEDIATE waits for the other writer here; a plain BEGIN would fail at once when it turns into a writer late.
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let rows = query(of, values).execute(&mut *transaction).await.map_err(failed)?.rows_affected();
        conclude(transaction, rows, failed).await
    }

    /// Fails when this process may not write the file, or its folder, where SQLite keeps its journal.
    fn writable(&self) -> Result<(), Fault> {
        let folder = self.path.parent().unwrap_or(&self.path);
        for place in [self.path.as_path(), folder] {
            rustix::fs::access(place, rustix::fs::Access::WRITE_OK).map_err(|error| {
                let reason = "the service has no right to write the database of this source";
                self.fault(FaultClass::Configuration, reason, &format!("{}: {error}", place.display()))
            })?;
        }
        Ok(())
    }

    fn unreachable(&self, error: &std::io::Error) -> Fault {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "the database file of this source does not exist",
            std::io::ErrorKind::PermissionDenied => "the service has no right to open the database of this source",
            _ => {
                return self.fault(
                    FaultClass::Transient,
                    "the database of this source cannot be reached",
                    &error.to_string(),
                );
            }
        };
        self.fault(FaultClass::Configuration, reason, &error.to_string())
    }

    fn fault(&self, class: FaultClass, reason: &str, detail: &str) -> Fault {
        Fault::new(class, reason, format!("sqlite {}: {detail}", self.path.display()))
    }

    /// What an error of the database means for the change. `secret` is struck out, should the database repeat it.
    fn failed(&self, error: &Error, secret: &str) -> Fault {
        let (class, reason) = match error {
            Error::Database(cause) => class_of(primary_code(cause.code())),
            Error::ColumnDecode { .. } | Error::Decode(_) | Error::ColumnIndexOutOfBounds { .. } => {
                (FaultClass::Configuration, "the table of this source gives values of an unexpected kind")
            }
            _ => UNREACHABLE,
        };
        let code = match error {
            Error::Database(cause) => cause.code().map(|code| format!("code {code}: ")),
            _ => None,
        };
        let mut text = error.to_string();
        if !secret.is_empty() {
            text = text.replace(secret, "[hash]");
        }
        self.fault(class, reason, &format!("{}{text}", code.unwrap_or_default()))
    }
}

fn query<'q>(of: &'q Statement, values: &[Argument<'q>]) -> Query<'q, Sqlite, SqliteArguments> {
    values.iter().fold(sqlx::query(AssertSqlSafe(of.text.as_str())), |query, value| match *value {
        Argument::Text(text) => query.bind(text),
        Argument::Number(number) => query.bind(number),
        Argument::Flag(flag) => query.bind(flag),
    })
}

/// By what each value is: a column's type binds nobody in SQLite.
fn decode(row: &SqliteRow) -> Result<Row, Error> {
    let mut columns = Vec::new();
    for column in row.columns() {
        let at = column.ordinal();
        let raw = row.try_get_raw(at)?;
        let value = match raw.type_info().name() {
            _ if raw.is_null() => Value::Null,
            "INTEGER" | "BOOLEAN" => Value::Number(row.try_get_unchecked(at)?),
            "BLOB" => Value::Bytes(Zeroizing::new(row.try_get_unchecked(at)?)),
            _ => match row.try_get_unchecked(at) {
                Ok(text) => Value::Text(Zeroizing::new(text)),
                Err(_) => Value::Bytes(Zeroizing::new(row.try_get_unchecked(at)?)),
            },
        };
        columns.push((column.name().to_owned(), value));
    }
    Ok(Row(columns))
}

/// The primary result code; SQLite's extended codes carry it in their low byte.
fn primary_code(code: Option<Cow<'_, str>>) -> Option<i32> {
    code.and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff)
}

/// Primary result code and its name (<https://www.sqlite.org/rescode.html>), class, and the sentence for a person.
const TABLE: [(i32, &str, FaultClass, &str); 17] = [
    (1, "SQLITE_ERROR", FaultClass::Configuration, "the statements of this source do not fit its tables"),
    (3, "SQLITE_PERM", FaultClass::Configuration, "the service has no right to write the database of this source"),
    (5, "SQLITE_BUSY", FaultClass::Transient, "the database of this source is busy"),
    (6, "SQLITE_LOCKED", FaultClass::Transient, "the database of this source is busy"),
    (7, "SQLITE_NOMEM", FaultClass::Transient, "the database of this source cannot be reached"),
    (8, "SQLITE_READONLY", FaultClass::Configuration, "the service has no right to write the database of this source"),
    (10, "SQLITE_IOERR", FaultClass::Transient, "the database of this source cannot be reached"),
    (11, "SQLITE_CORRUPT", FaultClass::Configuration, "the file of this source is not a sound database"),
    (13, "SQLITE_FULL", FaultClass::Transient, "the disk of this source is full"),
    (14, "SQLITE_CANTOPEN", FaultClass::Configuration, "the database of this source cannot be opened"),
    (17, "SQLITE_SCHEMA", FaultClass::Configuration, "the statements of this source do not fit its tables"),
    (19, "SQLITE_CONSTRAINT", FaultClass::Permanent, "a rule of this source's table refused the change"),
    (20, "SQLITE_MISMATCH", FaultClass::Configuration, "the statements of this source do not fit its tables"),
    (21, "SQLITE_MISUSE", FaultClass::Configuration, "the statements of this source do not fit its tables"),
    (23, "SQLITE_AUTH", FaultClass::Configuration, "the service has no right to write the database of this source"),
    (25, "SQLITE_RANGE", FaultClass::Configuration, "the statements of this source do not fit its tables"),
    (26, "SQLITE_NOTADB", FaultClass::Configuration, "the file of this source is not a sound database"),
];

const UNREACHABLE: (FaultClass, &str) = (FaultClass::Transient, "the database of this source cannot be reached");

fn class_of(code: Option<i32>) -> (FaultClass, &'static str) {
    TABLE.iter().find(|row| Some(row.0) == code).map_or(UNREACHABLE, |row| (row.2, row.3))
}

/// Each row as it is judged, for the reference page.
pub(crate) fn listed() -> Vec<Listed> {
    let listed = |code: Option<i32>, fault: String| {
        let (class, sentence) = class_of(code);
        Listed::new("SQLite", fault, Fault::new(class, sentence, ""))
    };
    let known = TABLE.iter().map(|(code, name, ..)| listed(Some(*code), format!("{code} {name}")));
    known.chain([listed(None, "any other result".to_owned())]).collect()
}
