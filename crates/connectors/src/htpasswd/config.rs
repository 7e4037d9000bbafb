//! Settings of the connector.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::hash::{Bcrypt, BcryptVersion, HashScheme};

/// Settings of the connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HtpasswdConfig {
    /// Absolute path of the file. It must exist; a symbolic link is followed and stays. The service needs the right to
    /// write in the folder of the file, where it also keeps a lock file with `.lock` behind the name.
    pub path: PathBuf,
    /// Binary logarithm of bcrypt's rounds, 8 to 15.
    #[serde(default = "default_cost")]
    pub cost: u32,
}

fn default_cost() -> u32 {
    Bcrypt::default().cost
}

impl HtpasswdConfig {
    /// bcrypt with the marker that Apache's own tool writes.
    pub(super) fn scheme(&self) -> HashScheme {
        HashScheme::Bcrypt(Bcrypt { cost: self.cost, version: BcryptVersion::TwoY })
    }
}
