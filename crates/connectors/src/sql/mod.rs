//! The `sql` connector: an application's own table of accounts, with a hash per row.
//!
//! It runs two statements of the administrator: one that writes a new hash for one account, one that reads the stored
//! hash; a third one, where there is one, reads the accounts. Values travel as bind parameters only; the statements are parsed when the connector is built. The proof reads
//! the hash back and verifies it, which is what the application itself does at a sign-in. SQLite today.

mod config;
mod connection;
#[cfg(feature = "demo")]
mod create_table;
mod passwords;
mod read_accounts;
mod statement;

pub use config::SqlConfig;
pub(crate) use connection::listed;
#[cfg(feature = "demo")]
pub use create_table::create_demo_table;
pub use passwords::Sql;
pub use statement::StatementError;
