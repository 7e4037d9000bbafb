//! Settings of the connector, and what they mean once checked.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::statement::{Kind, Statement, StatementError};
use crate::hash::HashScheme;
use crate::{Fault, FaultClass};

/// Settings of the connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlConfig {
    /// `sqlite:///absolute/path`: the file as it is named, without percent codes or options. It must exist.
    pub database: String,
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
            database: Database::parse(&self.database)?,
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
    fn parse(url: &str) -> Result<Self, Fault> {
        let refuse = |why: &str| {
            // The address is not repeated: of another engine it could carry a password.
            let reason = format!("the setting `database` of this source cannot be used: {why}");
            Err(Fault::new(FaultClass::Configuration, reason, format!("database: {why}")))
        };
        let Some(path) = url.strip_prefix("sqlite://") else {
            return refuse("only sqlite:///path is supported");
        };
        if !path.starts_with('/') || path.ends_with('/') {
            return refuse("it needs the absolute path of a file, as in sqlite:///srv/crm.sqlite3");
        }
        if path.contains(['?', '#', '%']) || path.chars().any(char::is_control) {
            return refuse("the path has one of ? # % or a control character");
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_addresses() {
        let check = |url: &str, expected: Option<&str>| match (Database::parse(url), expected) {
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
        check("", None);
    }
}
