//! A small LDAPS directory for the demo and for fault tests; never a production target.
//!
//! It answers as Active Directory does in the places a password connector looks: bind texts, `unicodePwd`, lock-out, must-change
//! and the domain's policy attributes. It knows users, the containers above them and the domain head; nothing can be added or
//! deleted over LDAP.
//!
//! Invariants:
//! - a success answer to a write means that the record is synced to the disk;
//! - passwords are kept as Argon2id hashes only, and no answer or log line carries one;
//! - nothing is spoken before TLS, and a message that breaks the protocol ends its connection and no other.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step ends its test")
)]

mod answer;
mod bind;
mod codec;
mod connection;
mod controls;
mod directory;
mod dn;
mod entry;
mod faults;
mod filetime;
mod filter;
mod hashing;
mod journal;
mod modify;
mod policy;
mod search;
mod server;
mod settings;
mod store;
mod tls;
mod unicode_pwd;
mod user;

pub use faults::{ALWAYS, Faults};
pub use server::{Running, start};
pub use settings::{HashCost, PasswordPolicy, SeedUser, Settings};
