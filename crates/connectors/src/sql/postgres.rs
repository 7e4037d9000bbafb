//! Tables on a PostgreSQL server, and what its errors mean.
//!
//! Off this machine the connection is encrypted and the server's name checked; there is no setting against it.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow, PgSslMode};
use sqlx::query::Query;
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Error, PgPool, Postgres, Row as _, TypeInfo as _, ValueRef as _,
};
use zeroize::Zeroizing;

use super::engine::{Changed, conclude, first_rows};
use super::row::{Argument, Row, Value};
use super::statement::{Parameter, Statement};
use crate::fault_table::Listed;
use crate::{Credential, Fault, FaultClass, tls};

/// How long a call waits for a connection, and a statement for its end.
const WAIT: Duration = Duration::from_secs(5);
const STATEMENT_TIMEOUT: &str = "5000";
/// Some write, some read.
const MAX_CONNECTIONS: u32 = 4;
const IDLE: Duration = Duration::from_secs(60);
/// From 1970, the epoch here, to 2000, PostgreSQL's, in microseconds.
const EPOCH: i64 = 946_684_800_000_000;

/// Where the tables lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) ca_file: Option<PathBuf>,
}

pub(super) struct PostgresTables {
    pool: PgPool,
    /// For messages: host, port and database.
    place: String,
}

impl PostgresTables {
    /// Opens nothing yet.
    pub(super) fn new(server: Server, credential: Option<&Credential>) -> Self {
        let Server { host, port, user, database, ca_file } = server;
        // Nothing of this process's environment or of a file in its home counts, but what is set here.
        let options = PgConnectOptions::new_without_pgpass()
            .host(&host)
            .port(port)
            .username(&user)
            .database(&database)
            .password(credential.map_or("", Credential::expose))
            .application_name("passwright")
            .options([("statement_timeout", STATEMENT_TIMEOUT), ("lock_timeout", STATEMENT_TIMEOUT)])
            .disable_statement_logging();
        let options = match ca_file {
            Some(file) => options.ssl_mode(PgSslMode::VerifyFull).ssl_root_cert(file),
            None if is_loopback(&host) => options.ssl_mode(PgSslMode::Disable),
            None => options.ssl_mode(PgSslMode::VerifyFull),
        };
        let pool = PgPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(WAIT)
            .idle_timeout(IDLE)
            .connect_lazy_with(options);
        Self { pool, place: format!("postgresql {host}:{port}/{database}") }
    }

    /// Has each statement planned, so that a wrong table or column and a missing right are named; runs none.
    pub(super) async fn test(&self, statements: &[&Statement]) -> Result<(), Fault> {
        for statement in statements {
            let mut text = String::from("EXPLAIN ");
            text.push_str(&statement.text);
            let mut values: Vec<_> = statement.parameters.iter().map(|parameter| sample(*parameter)).collect();
            if statement.is_paged {
                values.push(Argument::Number(1));
            }
            let planned = bound(&text, &values).fetch_all(&self.pool).await;
            planned.map_err(|error| self.failed(&error, ""))?;
        }
        Ok(())
    }

    /// The first rows, `most` of them.
    pub(super) async fn rows(&self, of: &Statement, values: &[Argument<'_>], most: usize) -> Result<Vec<Row>, Fault> {
        let stream = bound(&of.text, values).fetch(&self.pool);
        first_rows(stream, most, decode).await.map_err(|error| self.failed(&error, ""))
    }

    /// Changes one row, or nothing.
    pub(super) async fn change_one(
        &self,
        of: &Statement,
        values: &[Argument<'_>],
        secret: &str,
    ) -> Result<Changed, Fault> {
        let failed = |error: Error| self.failed(&error, secret);
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let rows = bound(&of.text, values).execute(&mut *transaction).await.map_err(failed)?.rows_affected();
        conclude(transaction, rows, failed).await
    }

    /// What an error of the database means for the change. `secret` is struck out, should the database repeat it.
    fn failed(&self, error: &Error, secret: &str) -> Fault {
        if let Error::Io(cause) = error
            && let Some(mut fault) = tls::faults::from_io(cause)
        {
            fault.detail = format!("{}: {}", self.place, fault.detail);
            return fault;
        }
        let (judged, code) = match error {
            Error::Database(cause) => {
                let code = cause.code().unwrap_or_default().into_owned();
                (judge(&code), format!("SQLSTATE {code}: "))
            }
            Error::ColumnDecode { .. } | Error::Decode(_) => (UNFIT, String::new()),
            _ => (UNREACHABLE, String::new()),
        };
        let mut text = error.to_string();
        if !secret.is_empty() {
            text = text.replace(secret, "[hash]");
        }
        let (class, reason, stops) = judged;
        let fault = Fault::new(class, reason, format!("{}: {code}{text}", self.place));
        if stops { fault.stopping_source() } else { fault }
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A value for a plan that is not run.
fn sample(parameter: Parameter) -> Argument<'static> {
    match parameter {
        Parameter::PasswordHash | Parameter::Account | Parameter::After => Argument::Text(""),
        Parameter::ChangedAt | Parameter::Seq => Argument::Number(0),
        Parameter::Unlock | Parameter::MustChange => Argument::Flag(false),
    }
}

fn bound<'q>(text: &'q str, values: &[Argument<'q>]) -> Query<'q, Postgres, PgArguments> {
    values.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, value| match *value {
        Argument::Text(text) => query.bind(text),
        Argument::Number(number) => query.bind(number),
        Argument::Flag(flag) => query.bind(flag),
    })
}

fn decode(row: &PgRow) -> Result<Row, Error> {
    let mut columns = Vec::new();
    for column in row.columns() {
        let at = column.ordinal();
        let raw = row.try_get_raw(at)?;
        let kind = raw.type_info().name().to_owned();
        let value = match kind.to_ascii_uppercase().as_str() {
            _ if raw.is_null() => Value::Null,
            "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "CITEXT" => Value::Text(Zeroizing::new(row.try_get_unchecked(at)?)),
            "BYTEA" => Value::Bytes(Zeroizing::new(row.try_get_unchecked(at)?)),
            "INT2" => Value::Number(i64::from(row.try_get::<i16, _>(at)?)),
            "INT4" => Value::Number(i64::from(row.try_get::<i32, _>(at)?)),
            "INT8" => Value::Number(row.try_get(at)?),
            "BOOL" => Value::Flag(row.try_get(at)?),
            "UUID" => Value::Text(Zeroizing::new(uuid(raw.as_bytes().map_err(Error::Decode)?))),
            "TIMESTAMPTZ" => match <[u8; 8]>::try_from(raw.as_bytes().map_err(Error::Decode)?) {
                Ok(micros) => Value::Time(i64::from_be_bytes(micros).saturating_add(EPOCH)),
                Err(_) => Value::Other(kind),
            },
            _ => Value::Other(kind),
        };
        columns.push((column.name().to_owned(), value));
    }
    Ok(Row(columns))
}

/// The usual form: 8-4-4-4-12 hex digits.
fn uuid(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// Class, sentence, and whether it stops the source.
type Judged = (FaultClass, &'static str, bool);

const UNREACHABLE: Judged = (FaultClass::Transient, "the database of this source cannot be reached", false);
const UNFIT: Judged = (FaultClass::Configuration, "the table of this source gives values of an unexpected kind", false);

/// The start of a SQLSTATE and its name (PostgreSQL, appendix A "Error Codes"), class, sentence, and whether it stops the source. The first row that fits counts.
const TABLE: [(&str, &str, FaultClass, &str, bool); 17] = [
    (
        "28",
        "invalid authorization",
        FaultClass::Configuration,
        "this source's database refused the service account",
        true,
    ),
    ("3D000", "invalid catalog name", FaultClass::Configuration, "this source's database does not exist", false),
    (
        "42501",
        "insufficient privilege",
        FaultClass::Configuration,
        "the service account has no right to change the table of this source",
        false,
    ),
    (
        "42",
        "syntax error or access rule",
        FaultClass::Configuration,
        "the statements of this source do not fit its tables",
        false,
    ),
    ("22", "data exception", FaultClass::Permanent, "the table of this source cannot hold this value", false),
    ("23", "integrity constraint", FaultClass::Permanent, "a rule of this source's table refused the change", false),
    ("44", "check option", FaultClass::Permanent, "a rule of this source's table refused the change", false),
    ("P0001", "raise exception", FaultClass::Permanent, "a rule of this source's table refused the change", false),
    (
        "25006",
        "read-only transaction",
        FaultClass::Transient,
        "the database of this source takes no changes now",
        false,
    ),
    ("40", "transaction rollback", FaultClass::Transient, "the database of this source is busy", false),
    ("55P03", "lock not available", FaultClass::Transient, "the database of this source is busy", false),
    ("57014", "query canceled", FaultClass::Transient, "the database of this source is busy", false),
    ("57P", "operator intervention", FaultClass::Transient, "the database of this source cannot be reached", false),
    ("53100", "disk full", FaultClass::Transient, "the disk of this source is full", false),
    ("53", "insufficient resources", FaultClass::Transient, "the database of this source is busy", false),
    ("08", "connection exception", FaultClass::Transient, "the database of this source cannot be reached", false),
    (
        "0A000",
        "feature not supported",
        FaultClass::Configuration,
        "the statements of this source do not fit its tables",
        false,
    ),
];

fn judge(code: &str) -> Judged {
    let row = TABLE.iter().find(|row| code.starts_with(row.0));
    row.map_or(UNREACHABLE, |(_, _, class, sentence, stops)| (*class, *sentence, *stops))
}

/// Each row as it is judged, for the reference page.
pub(crate) fn listed() -> Vec<Listed> {
    let listed = |(class, sentence, stops): Judged, fault: String| {
        let fault_of = Fault::new(class, sentence, "");
        Listed::new("PostgreSQL", fault, if stops { fault_of.stopping_source() } else { fault_of })
    };
    let known = TABLE.iter().map(|(code, name, ..)| {
        let rest = if code.len() < 5 { "…" } else { "" };
        listed(judge(code), format!("{code}{rest} {name}"))
    });
    let others =
        [listed(judge("XX000"), "any other SQLSTATE".to_owned()), listed(UNREACHABLE, "no connection".to_owned())];
    known.chain(others).collect()
}
