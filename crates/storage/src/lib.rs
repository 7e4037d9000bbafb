//! SQLite and PostgreSQL behind one SQL text. This crate alone knows SQL; it holds no rule: it keeps and orders what
//! `app` decided. Writes are values ([`Write`]) handed to [`Store::write`]: on SQLite one writer commits many of them in
//! one synced transaction, on PostgreSQL each runs in its own transaction.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop by panicking")
)]

#[macro_use]
mod statement;

pub mod aggregations;
pub mod audit;
pub mod budgets;
pub mod changes;
pub mod clients;
pub mod collection;
mod connections;
pub mod copy;
pub mod deliveries;
pub mod digit_tokens;
pub mod directory;
mod engine;
mod error;
pub mod factors;
pub mod half_sign_ins;
pub mod help_approvals;
pub mod idempotency;
pub mod instructions;
pub mod keys;
mod migrate;
mod notify;
pub mod oauth_grants;
pub mod recovery;
pub mod request_windows;
pub mod retention;
mod rows;
pub mod security_questions;
pub mod sessions;
pub mod settings;
pub mod sign_in_failures;
pub mod source_stops;
mod sqlite;
mod tx;
mod writer;

pub use engine::{Durability, Options, Reader, Store};
pub use error::StorageError;
pub use notify::Listener;
pub use sqlite::SqliteConnection;
pub use statement::all_statements;
pub use tx::Tx;
pub use writer::Write;
