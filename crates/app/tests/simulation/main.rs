//! The worker under a seed: virtual time, a queue in memory that crashes, systems that lie, nodes that die and stop.
//!
//! `cargo xtask simulate` runs more seeds; `docs/reliability.md` says what is promised and how it is tested here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bugs;
mod client;
mod core;
mod differential;
mod invariants;
mod node;
mod pictures;
mod plan;
mod queue;
mod regressions;
mod restore;
mod rng;
mod run;
mod seeds;
mod server;
mod systems;
mod world;
