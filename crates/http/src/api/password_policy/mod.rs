//! Password rules, in the native API.

mod dry_run_password;

pub(crate) use dry_run_password::dry_run_password;
