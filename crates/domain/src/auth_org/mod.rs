//! How people sign in to this service: how often a name may fail, how long a session lasts, which networks are the
//! organisation's own. Values are the wire's, as a JSON Patch sees them and as they are kept.

mod lockout;
mod network;
mod session;

pub use lockout::{Attempts, LockoutConfig};
pub use network::{InvalidNetwork, Network, NetworkConfig};
pub use session::SessionConfig;

/// Says that a number lies outside its limits.
fn check(faults: &mut Vec<String>, field: &str, value: i64, (least, most): (i64, i64)) {
    if !(least..=most).contains(&value) {
        faults.push(format!("{field} {value} is not {least} to {most}"));
    }
}

/// Minutes that passed [`check`] as a time.
fn minutes(value: i64) -> std::time::Duration {
    std::time::Duration::from_secs(value.unsigned_abs().saturating_mul(60))
}
