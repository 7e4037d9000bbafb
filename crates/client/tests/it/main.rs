//! The client against a loopback responder: what it sends, and what it does with each answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod password_changes;
mod repetition;
mod requests;
mod responder;
mod tls;
mod waiting;
