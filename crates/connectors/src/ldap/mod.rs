//! The `ldap` connector: OpenLDAP, 389 Directory Server, FreeIPA and other directories of RFC 4511.
//!
//! The password goes over verified TLS only. It is set by RFC 3062 as a service account, with the password policy
//! control to learn why it was refused, and proved by a simple bind as the account on a kept connection.
//! The LDAP library copies passwords into buffers of its own, which it does not wipe; this crate's own are wiped.

use crate::ldap::connection::Directory;
use crate::ldap::request::Search;
use crate::{Credential, Fault, FaultClass, Fencing};

pub(crate) mod accounts;
pub mod config;
pub(crate) mod connection;
pub(crate) mod faults;
pub(crate) mod generalized_time;
mod open;
pub(crate) mod pages;
mod passwords;
pub(crate) mod ppolicy;
pub(crate) mod read_accounts;
pub(crate) mod request;
mod rules;
mod servers;
pub(crate) mod service_sign_in;
mod state;

pub use config::{AccountSearch, Connections, LdapConfig, PasswordMethod, UserSearch};
pub(crate) use pages::Pages;

/// RFC 3062.
const PASSWORD_MODIFY_OID: &str = "1.3.6.1.4.1.4203.1.11.1";

/// RFC 4528.
const ASSERTION_OID: &str = "1.3.6.1.1.12";

/// The connector.
pub struct Ldap {
    directory: Directory,
    method: PasswordMethod,
    password_policy: Option<String>,
}

impl Ldap {
    /// Opens no connection.
    ///
    /// # Errors
    /// `Configuration` when the address is not an encrypted one, a setting is out of bounds, the CA file cannot be
    /// used or the credential is absent or empty.
    pub fn new(config: &LdapConfig, credential: Option<Credential>) -> Result<Self, Fault> {
        let directory = Directory::new(config.endpoint()?, credential)?;
        Ok(Self { directory, method: config.password_method, password_policy: config.password_policy.clone() })
    }

    /// Strong where the password is written by a modify and the server knows the assertion control (RFC 4528): the password
    /// modify operation takes none.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn fencing(&self) -> Result<Fencing, Fault> {
        let (_, service) = self.directory.service().await?;
        let asserts = self.method == PasswordMethod::Modify && service.controls.iter().any(|oid| oid == ASSERTION_OID);
        Ok(if asserts { Fencing::Strong } else { Fencing::Verify })
    }

    /// Connects, signs in as the service account and asks whether the server can set passwords.
    ///
    /// # Errors
    /// The exact fault: name, certificate, credential, missing operation.
    pub async fn test(&self) -> Result<(), Fault> {
        let attributes = &["supportedExtension"];
        let search = Search { base: "", scope: ldap3::Scope::Base, filter: "(objectClass=*)", attributes };
        let (entries, _) = self.directory.search(&search).await?;
        let Some(extensions) = entries.first().and_then(|entry| entry.attrs.get("supportedExtension")) else {
            // A server that hides its root entry may still know the operation.
            return Ok(());
        };
        if self.method == PasswordMethod::Extended && !extensions.iter().any(|oid| oid == PASSWORD_MODIFY_OID) {
            return Err(Fault::new(
                FaultClass::Configuration,
                "the source does not know the operation that sets a password",
                format!("supportedExtension lacks {PASSWORD_MODIFY_OID}"),
            ));
        }
        Ok(())
    }
}
