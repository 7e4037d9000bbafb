//! The directory as a client sees it, over LDAPS and with certificate checks on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step ends its test")]

mod binding;
mod durability;
mod faults;
mod logging;
mod openldap;
mod passwords;
mod robustness;
mod searching;
mod support;
