//! Settings of the connector, and what they mean once checked.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::postgres::Server;
use super::statement::{Kind, Statement, StatementError};
use crate::hash::HashScheme;
use crate::{Fault, FaultClass};

/// Settings of the connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlConfig {
    /// `sqlite:///absolute/path`: the file as it is named, without percent codes or options. It must exist. Or
    /// `postgres://user@host:port/database` (port 5432 when none is given), with the password as the source's credential; on another
    /// machine the connection is encrypted and the server's name checked.
    pub database: String,
    /// PostgreSQL: a PEM file with the authorities that may vouch for the server, besides the well-known public ones; with it
    /// connections to this machine are encrypted too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// One `UPDATE … WHERE …` that changes exactly one row. Parameters: `:password_hash` and `:account` (the native
    /// identity), both needed; `:changed_at` (microseconds since 1970 UTC), `:unlock` and `:must_change` (0 or 1).
    /// With `:seq`, a number that grows with each change of an account, a late write cannot cover a newer one:
    /// `… SET …, change_seq = :seq WHERE login = :account AND change_seq <= :seq`
    ///
    /// `UPDATE users SET password = :password_hash, locked = locked AND NOT :unlock WHERE login = :account`
    pub update: String,
    /// One `SELECT … WHERE …` with the parameter `:account`. The first column is the stored hash. Columns named `locked`
    /// and `disabled` (0 or 1) and `changed_at` (microseconds since 1970 UTC) are read where they exist.
    pub select: String,
    /// Reads the accounts, so many at a time: one `SELECT … WHERE …` with the parameter `:after`, which is the last native
    /// identity read, at first the empty text. Its first column is the native identity, and `WHERE` compares that very
    /// column. A column named `account_name` is the display name; `locked` and `disabled` (0 or 1) are its state; the others
    /// are its attributes. Order and number of the rows are added. Absent: accounts cannot be read.
    ///
    /// `SELECT login, full_name AS account_name, mail FROM users WHERE login > :after`; of a number:
    /// `SELECT id, mail FROM users WHERE id > CAST(:after AS INTEGER)`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<String>,
    /// How the application stores passwords; argon2id by default.
    #[serde(default)]
    pub scheme: HashScheme,
}

/// Where the table lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Database {
    Sqlite(PathBuf),
    Postgres(Server),
}

/// The settings after all checks.
pub(super) struct Checked {
    pub(super) database: Database,
    pub(super) update: Statement,
    pub(super) select: Statement,
    pub(super) accounts: Option<Statement>,
    pub(super) scheme: HashScheme,
}

impl SqlConfig {
    /// Checks everything that can be checked without the database.
    pub(super) fn check(&self) -> Result<Checked, Fault> {
        self.scheme.validate()?;
        let parse = |kind, text: &str| Statement::parse(kind, text).map_err(|error| unfit_statement(kind, &error));
        Ok(Checked {
            database: Database::parse(&self.database, self.ca_file.as_deref())?,
            update: parse(Kind::Update, &self.update)?,
            select: parse(Kind::Select, &self.select)?,
            accounts: self
                .accounts
                .as_deref()
                .map(|text| parse(Kind::Accounts, text))
                .transpose()?
                .map(Statement::paged),
            scheme: self.scheme,
        })
    }
}

fn unfit_statement(kind: Kind, error: &StatementError) -> Fault {
    let setting = match kind {
        Kind::Update => "update",
        Kind::Select => "select",
        Kind::Accounts => "accounts",
    };
    Fault::new(
        FaultClass::Configuration,
        format!("the setting `{setting}` of this source cannot be used: {error}"),
        format!("{setting}: {error}"),
    )
}

impl Database {
    fn parse(url: &str, ca_file: Option<&Path>) -> Result<Self, Fault> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            if ca_file.is_some() {
                return refuse("`ca_file` is for PostgreSQL");
            }
            return Self::file(path);
        }
        match url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://")) {
            Some(rest) => Self::server(rest, ca_file),
            None => refuse("only sqlite:///path and postgres://user@host/database are supported"),
        }
    }

    fn file(path: &str) -> Result<Self, Fault> {
        if !path.starts_with('/') || path.ends_with('/') {
            return refuse("it needs the absolute path of a file, as in sqlite:///srv/crm.sqlite3");
        }
        if path.contains(['?', '#', '%']) || path.chars().any(char::is_control) {
            return refuse("the path has one of ? # % or a control character");
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }

    fn server(rest: &str, ca_file: Option<&Path>) -> Result<Self, Fault> {
        let form = "it needs user, host and database, as in postgres://app@db.example.com:5432/crm";
        let Some((user, place)) = rest.split_once('@') else { return refuse(form) };
        if user.contains(':') {
            return refuse("it must not hold a password: that is the source's credential");
        }
        let Some((host, database)) = place.split_once('/') else { return refuse(form) };
        let (host, port) = match host.strip_prefix('[').and_then(|address| address.split_once(']')) {
            Some((address, "")) => (address, Ok(5432)),
            Some((address, port)) => (address, port.strip_prefix(':').unwrap_or_default().parse()),
            None => host.rsplit_once(':').map_or((host, Ok(5432)), |(host, port)| (host, port.parse())),
        };
        let plain = |text: &str| {
            !text.is_empty()
                && !text.contains(['?', '#', '%', '/', '@', ':', ' '])
                && !text.chars().any(char::is_control)
        };
        let is_address = host.parse::<std::net::IpAddr>().is_ok();
        if !plain(user) || !plain(database) || !(plain(host) || is_address) {
            return refuse(form);
        }
        match port {
            Ok(port) if port > 0 => Ok(Self::Postgres(Server {
                host: host.to_owned(),
                port,
                user: user.to_owned(),
                database: database.to_owned(),
                ca_file: ca_file.map(Path::to_owned),
            })),
            _ => refuse("the port is no number from 1 to 65535"),
        }
    }
}

fn refuse(why: &str) -> Result<Database, Fault> {
    // The address is not repeated: it could carry a password.
    let reason = format!("the setting `database` of this source cannot be used: {why}");
    Err(Fault::new(FaultClass::Configuration, reason, format!("database: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_addresses() {
        let check = |url: &str, expected: Option<&str>| match (Database::parse(url, None), expected) {
            (Ok(Database::Sqlite(path)), Some(expected)) => assert_eq!(path, PathBuf::from(expected)),
            (Err(fault), None) => {
                assert_eq!(fault.class, FaultClass::Configuration);
                assert!(!fault.to_string().contains("secret"), "{fault}");
            }
            (result, expected) => panic!("{url}: {result:?}, expected {expected:?}"),
        };
        check("sqlite:///srv/crm.sqlite3", Some("/srv/crm.sqlite3"));
        check("sqlite:///srv/my files/crm é.sqlite3", Some("/srv/my files/crm é.sqlite3"));
        check("sqlite://crm.sqlite3", None);
        check("sqlite:///srv/", None);
        check("sqlite:///", None);
        check("sqlite://:memory:", None);
        check("sqlite::memory:", None);
        check("sqlite:///srv/crm.sqlite3?mode=rwc", None);
        check("sqlite:///srv/crm%20x", None);
        check("sqlite:///srv/a\nb", None);
        check("postgres://user:secret@host/db", None);
        check("mysql://user@host/db", None);
        check("", None);
        assert!(Database::parse("sqlite:///srv/crm.sqlite3", Some(Path::new("/ca.pem"))).is_err());
    }

    #[test]
    fn server_addresses() {
        let check = |url: &str, expected: Option<(&str, u16)>| match (Database::parse(url, None), expected) {
            (Ok(Database::Postgres(server)), Some((host, port))) => {
                assert_eq!((server.host.as_str(), server.port), (host, port), "{url}");
                assert_eq!((server.user.as_str(), server.database.as_str()), ("app", "crm"), "{url}");
            }
            (Err(fault), None) => assert!(!fault.to_string().contains("secret"), "{fault}"),
            (result, expected) => panic!("{url}: {result:?}, expected {expected:?}"),
        };
        check("postgres://app@db.example.com/crm", Some(("db.example.com", 5432)));
        check("postgresql://app@db.example.com:6432/crm", Some(("db.example.com", 6432)));
        check("postgres://app@127.0.0.1:5433/crm", Some(("127.0.0.1", 5433)));
        check("postgres://app@[::1]/crm", Some(("::1", 5432)));
        check("postgres://app@[::1]:5433/crm", Some(("::1", 5433)));
        for wrong in [
            "postgres://db.example.com/crm",
            "postgres://app@db.example.com",
            "postgres://app@db.example.com/",
            "postgres://app@/crm",
            "postgres://@db.example.com/crm",
            "postgres://app:secret@db.example.com/crm",
            "postgres://app@db.example.com:0/crm",
            "postgres://app@db.example.com:99999/crm",
            "postgres://app@db.example.com:x/crm",
            "postgres://app@db.example.com/crm?sslmode=disable",
            "postgres://app@db.example.com/crm/x",
            "postgres://app@a,b/c\nrm",
        ] {
            check(wrong, None);
        }
    }
}
