//! Settings of the whole installation that administrators change: the password organisation configuration and the
//! password dictionary.

mod dictionary;
mod org_config;

pub use org_config::OrgConfigRequest;
pub(crate) use org_config::stored as stored_org_config;
