//! Connectors: code that talks to one kind of source. A folder per kind; one closed enum; one plain result type.
//! A connector decides nothing about order, retries or policy: it does one call and says what happened.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends at the first broken promise")
)]

pub mod active_directory;
pub mod aggregate;
pub mod credential;
pub mod csv_file;
pub mod dispatch;
pub mod fault;
pub mod fault_table;
pub mod hash;
pub mod htpasswd;
mod http;
pub mod ldap;
mod network;
pub mod notify;
pub mod outcome;
pub mod scim;
pub mod sql;
pub mod tls;

pub use credential::Credential;
pub use dispatch::{Connector, ConnectorConfig};
pub use fault::{Fault, FaultClass, Written};
pub use outcome::{AccountRef, AccountState, Fencing, Proof, Provability, SetPassword, SignIns, StateChange};
