//! What a crash, a full disk, a database or a source that is gone, and an end in good order leave behind: no accepted
//! change lost, no older password over a newer one, no password in clear. Each test runs the real program.
//!
//! `PASSWRIGHT_KILLS` sets how often something is killed under load: 5 by default, 20 with `CI=true`; 25 changes are
//! accepted for each. `PASSWRIGHT_STOP_SECONDS` sets how long a worker is stopped at most, 26 by default, and
//! `PASSWRIGHT_STOPS` how often, 2 by default. `PASSWRIGHT_CANARIES` sets how many passwords are looked for, 500 by
//! default. `PASSWRIGHT_SEED` repeats the random choices of a run; each run prints its own. docs/reliability.md names the
//! long runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod canary;
mod canary_nodes;
mod certificates;
mod clocks;
mod crash;
mod database_gone;
mod directory;
mod disk_full;
mod draining;
mod front;
mod frozen;
mod history;
mod keys_of_nodes;
mod ledger;
mod load;
mod openldap;
mod postgres;
mod random;
#[allow(dead_code, reason = "each test binary uses the part it needs")]
#[path = "../it/support/receiver.rs"]
mod receiver;
mod rolling;
mod scan;
mod serializable;
mod site;
mod source_faults;
mod storm;
mod tls_recorder;
mod waiting;
mod webhooks;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_passwright");
