//! What a crash, a full disk, a database or a source that is gone, and an end in good order leave behind: no accepted
//! change lost, no older password over a newer one, no password in clear. Each test runs the real program.
//!
//! `PASSWRIGHT_KILLS` sets how often the service is killed under load: 5 by default, 20 with `CI=true`.
//! `PASSWRIGHT_SEED` repeats the random choices of a run; each run prints its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod canary;
mod certificates;
mod crash;
mod database_gone;
mod directory;
mod disk_full;
mod draining;
mod ledger;
mod load;
mod postgres;
mod random;
mod scan;
mod site;
mod source_faults;
mod tls_recorder;
mod waiting;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_passwright");
