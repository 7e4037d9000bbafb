//! Declarative set-up: a document says which objects there are, and applying it makes the database so.
//!
//! Three steps: [`SetupDocument::parse`] reads the text, [`Setup::resolve`] reads the secrets it names and checks all that
//! can be checked without the database, [`Service::apply`](crate::Service::apply) compares and writes.
//!
//! Invariants:
//! - objects are matched by their canonical name and keep their ids; what the document does not name is left alone;
//! - everything is written in one transaction with its audit record, or nothing is;
//! - a second run of the same document changes nothing;
//! - no secret is in a [`Plan`], a [`SetupError`], the audit or the log.

mod apply;
#[cfg(test)]
mod broken_tests;
mod create_administrator;
pub mod credentials;
mod desired;
mod document;
mod entries;
mod error;
mod export;
mod export_tables;
#[cfg(test)]
mod export_tests;
mod plan;
mod planner;
mod secrets;
#[cfg(test)]
mod tests;

pub use create_administrator::{AdministratorToken, NewAdministrator};
pub use desired::Setup;
pub use document::SetupDocument;
pub use error::SetupError;
pub use export::{DICTIONARY_FILE, Export, ExportOptions};
pub use plan::{Plan, PlanItem, Verb};

/// The name that the built-in source, which holds the sign-in passwords, gets when no document names it.
pub const BUILT_IN_SOURCE: &str = "Passwright";
