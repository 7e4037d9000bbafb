//! Aggregations: what is known of the accounts of a source while they are read, and how far each reading is.

pub mod accounts;
pub mod runs;
pub mod settings;
