//! The `active_directory` connector: Microsoft Active Directory and Samba, over verified TLS only.
//!
//! The password is `unicodePwd`, the only attribute that counts: a write of `userPassword` answers success on many
//! domain controllers and changes nothing. Connections, sign-ins and searches are those of the `ldap` connector.

use crate::ldap::connection::Directory;
use crate::{Credential, Fault};

mod config;
pub(crate) mod faults;
mod passwords;
mod ranges;
mod read_accounts;
mod rules;
mod state;

pub use config::ActiveDirectoryConfig;

/// The connector.
pub struct ActiveDirectory {
    directory: Directory,
    enforce_history: bool,
}

impl ActiveDirectory {
    /// Opens no connection.
    ///
    /// # Errors
    /// `Configuration` when the address is not an encrypted one or that of a global catalog, a setting is out of
    /// bounds, the CA file cannot be used or the credential is absent or empty.
    pub fn new(config: &ActiveDirectoryConfig, credential: Option<Credential>) -> Result<Self, Fault> {
        let directory = Directory::new(config.endpoint()?, credential)?;
        Ok(Self { directory, enforce_history: config.enforce_history })
    }

    /// Connects and signs in as the service account.
    ///
    /// # Errors
    /// The exact fault: name, certificate, credential.
    pub async fn test(&self) -> Result<(), Fault> {
        self.directory.service().await.map(|_| ())
    }
}
