//! Tests of the binary and of the service through it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod admin;
#[cfg(feature = "demo")]
mod api;
#[cfg(feature = "demo")]
mod backup;
mod client_commands;
#[cfg(feature = "demo")]
mod demo;
#[cfg(feature = "demo")]
mod dry_run;
#[cfg(feature = "demo")]
mod held_changes;
mod https;
#[cfg(feature = "demo")]
mod letters;
#[cfg(feature = "demo")]
mod mail;
#[cfg(feature = "demo")]
mod native;
mod nodes;
mod program;
mod server_commands;
mod stopped_source;
#[cfg(feature = "demo")]
mod support;
#[cfg(feature = "demo")]
mod webhooks;
