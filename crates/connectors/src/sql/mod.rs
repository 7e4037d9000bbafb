//! The `sql` connector: an application's own table of accounts, with a hash per row.
//!
//! It runs two statements of the administrator: one that writes a new hash for one account, one that reads the stored
//! hash; a third one, where there is one, reads the accounts. Values travel as bind parameters only; the statements are parsed when the connector is built. The proof reads
//! the hash back and verifies it, which is what the application itself does at a sign-in. Tables lie in a SQLite file or on a PostgreSQL server.

mod config;
#[cfg(feature = "demo")]
mod create_table;
mod engine;
mod passwords;
mod postgres;
mod read_accounts;
mod row;
mod sqlite;
mod statement;

pub use config::SqlConfig;
#[cfg(feature = "demo")]
pub use create_table::create_demo_table;
pub use passwords::Sql;
pub use statement::StatementError;

/// The rows of the reference page of faults.
pub(crate) fn listed() -> Vec<crate::fault_table::Listed> {
    [sqlite::listed(), postgres::listed()].concat()
}
