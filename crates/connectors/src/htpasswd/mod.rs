//! The `htpasswd` connector: the file of user names and hashes that web servers read for HTTP Basic sign-in.
//!
//! It changes the hash of one user and no other byte, by replacing the whole file at once, so that a reader sees the old
//! or the new file and nothing between. The proof reads the file back and verifies, which is what the web server does.
//! Lines are never added or removed.

mod config;
mod file;
mod lines;
mod passwords;
mod read_accounts;

pub use config::HtpasswdConfig;
pub(crate) use file::listed;
pub use passwords::Htpasswd;
