//! The worker with its stored queue against real directories: what a retry does when somebody else changed the password.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod outside_changes;
mod system;
mod world;
