//! The closed set of connectors: one `match` per verb.

use passwright_domain::change::Opacity;
use serde::{Deserialize, Serialize};

use crate::active_directory::{ActiveDirectory, ActiveDirectoryConfig};
use crate::aggregate::{AccountPage, Cursor};
use crate::csv_file::{CsvConfig, CsvFile};
use crate::htpasswd::{Htpasswd, HtpasswdConfig};
use crate::ldap::{Ldap, LdapConfig};
use crate::scim::{Scim, ScimConfig};
use crate::sql::{Sql, SqlConfig};
use crate::{AccountRef, AccountState, Credential, Fault, FaultClass, Fencing, Proof, SetPassword, StateChange};

/// A source's connection settings, as stored and as written in `apply` files. Holds no secret: a secret is a [`Credential`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConnectorConfig {
    Ldap(LdapConfig),
    ActiveDirectory(ActiveDirectoryConfig),
    Sql(SqlConfig),
    Scim(ScimConfig),
    Htpasswd(HtpasswdConfig),
    Csv(CsvConfig),
}

impl ConnectorConfig {
    /// How little of the source's own password policy can be known beforehand.
    #[must_use]
    pub fn opacity(&self) -> Opacity {
        match self {
            Self::ActiveDirectory(_) => Opacity::Domain,
            Self::Ldap(_) => Opacity::Directory,
            Self::Scim(_) => Opacity::Service,
            Self::Sql(_) => Opacity::Table,
            Self::Htpasswd(_) | Self::Csv(_) => Opacity::File,
        }
    }
}

/// A source that can be called. Shared behind an `Arc`; keeps its own connections.
pub enum Connector {
    Ldap(Ldap),
    ActiveDirectory(ActiveDirectory),
    Sql(Sql),
    Scim(Scim),
    Htpasswd(Htpasswd),
    Csv(CsvFile),
}

impl Connector {
    /// Builds a connector; opens no connection.
    ///
    /// # Errors
    /// `FaultClass::Configuration` when the settings contradict each other or a CA file cannot be read.
    pub fn new(config: &ConnectorConfig, credential: Option<Credential>) -> Result<Self, Fault> {
        Ok(match config {
            ConnectorConfig::Ldap(config) => Self::Ldap(Ldap::new(config, credential)?),
            ConnectorConfig::ActiveDirectory(config) => {
                Self::ActiveDirectory(ActiveDirectory::new(config, credential)?)
            }
            ConnectorConfig::Sql(config) => Self::Sql(Sql::new(config, credential)?),
            ConnectorConfig::Scim(config) => Self::Scim(Scim::new(config, credential)?),
            ConnectorConfig::Htpasswd(config) => Self::Htpasswd(Htpasswd::new(config, credential)?),
            ConnectorConfig::Csv(config) => Self::Csv(CsvFile::new(config, credential)?),
        })
    }

    /// Connects and signs in as the service account; changes nothing.
    ///
    /// # Errors
    /// The exact fault: name, certificate, credential, right.
    pub async fn test(&self) -> Result<(), Fault> {
        match self {
            Self::Ldap(c) => c.test().await,
            Self::ActiveDirectory(c) => c.test().await,
            Self::Sql(c) => c.test().await,
            Self::Scim(c) => c.test().await,
            Self::Htpasswd(c) => c.test().await,
            Self::Csv(c) => c.test().await,
        }
    }

    /// What keeps late writes from covering newer ones.
    ///
    /// # Errors
    /// When the source must be asked and does not answer.
    pub async fn fencing(&self) -> Result<Fencing, Fault> {
        match self {
            Self::Ldap(c) => c.fencing().await,
            Self::ActiveDirectory(_) => Ok(Fencing::Verify),
            Self::Sql(c) => Ok(c.fencing()),
            Self::Scim(c) => c.fencing().await,
            Self::Htpasswd(_) | Self::Csv(_) => Ok(Fencing::None),
        }
    }

    /// Looks at the account; changes nothing.
    ///
    /// # Errors
    /// `Permanent` when the account does not exist.
    pub async fn check(&self, account: AccountRef<'_>) -> Result<AccountState, Fault> {
        match self {
            Self::Ldap(c) => c.check(account).await,
            Self::ActiveDirectory(c) => c.check(account).await,
            Self::Sql(c) => c.check(account).await,
            Self::Scim(c) => c.check(account).await,
            Self::Htpasswd(c) => c.check(account).await,
            Self::Csv(_) => Err(CsvFile::takes_no_passwords()),
        }
    }

    /// Writes the new password. The caller bounds the time; a dropped future may still have written.
    ///
    /// # Errors
    /// See [`FaultClass`](crate::FaultClass) and [`Written`](crate::Written).
    pub async fn set_password(&self, account: AccountRef<'_>, new: &str, options: SetPassword) -> Result<(), Fault> {
        match self {
            Self::Ldap(c) => c.set_password(account, new, options).await,
            Self::ActiveDirectory(c) => c.set_password(account, new, options).await,
            Self::Sql(c) => c.set_password(account, new, options).await,
            Self::Scim(c) => c.set_password(account, new, options).await,
            Self::Htpasswd(c) => c.set_password(account, new, options).await,
            Self::Csv(_) => Err(CsvFile::takes_no_passwords()),
        }
    }

    /// Whether this kind of source has such states at all; a server of its kind may still refuse one.
    #[must_use]
    pub fn has_states(&self) -> bool {
        match self {
            Self::Ldap(_) | Self::ActiveDirectory(_) => true,
            Self::Sql(_) | Self::Htpasswd(_) | Self::Scim(_) | Self::Csv(_) => false,
        }
    }

    /// Whether this kind of source can ask a person for another password at the next sign-in; a server of its kind may still refuse.
    #[must_use]
    pub fn can_expire_passwords(&self) -> bool {
        match self {
            Self::Ldap(_) | Self::ActiveDirectory(_) => true,
            Self::Sql(_) | Self::Htpasswd(_) | Self::Scim(_) | Self::Csv(_) => false,
        }
    }

    /// Unlocks, enables or disables the account, or asks its person for another password.
    ///
    /// # Errors
    /// `Permanent` when the account does not exist or the source has no such state.
    pub async fn set_state(&self, account: AccountRef<'_>, change: StateChange) -> Result<(), Fault> {
        match self {
            Self::Ldap(c) => c.set_state(account, change).await,
            Self::ActiveDirectory(c) => c.set_state(account, change).await,
            Self::Sql(_) | Self::Htpasswd(_) | Self::Scim(_) | Self::Csv(_) => Err(Fault::new(
                FaultClass::Permanent,
                match change {
                    StateChange::ExpirePassword => "this kind of source cannot ask for another password",
                    _ => "this kind of source cannot unlock, enable or disable accounts",
                },
                "not asked",
            )),
        }
    }

    /// Signs in with the new password.
    ///
    /// # Errors
    /// Only when the source could not be asked.
    pub async fn prove(&self, account: AccountRef<'_>, password: &str) -> Result<Proof, Fault> {
        match self {
            Self::Ldap(c) => c.prove(account, password).await,
            Self::ActiveDirectory(c) => c.prove(account, password).await,
            Self::Sql(c) => c.prove(account, password).await,
            Self::Scim(c) => c.prove(account, password).await,
            Self::Htpasswd(c) => c.prove(account, password).await,
            Self::Csv(_) => Err(CsvFile::takes_no_passwords()),
        }
    }

    /// Reads the accounts of the source with these attributes, a page at a time, without `cursor` from the first. Where no
    /// attribute is named, those that such sources commonly have.
    ///
    /// # Errors
    /// `Configuration` where the settings do not say how accounts are read; a lost place between two pages is `Transient`.
    pub async fn read_accounts(&self, wanted: &[String], cursor: Option<Cursor>) -> Result<AccountPage, Fault> {
        match self {
            Self::Ldap(c) => c.read_accounts(wanted, cursor).await,
            Self::ActiveDirectory(c) => c.read_accounts(wanted, cursor).await,
            Self::Sql(c) => c.read_accounts(wanted, cursor).await,
            Self::Scim(c) => c.read_accounts(wanted, cursor).await,
            Self::Htpasswd(c) => c.read_accounts(cursor).await,
            Self::Csv(c) => c.read_accounts(cursor).await,
        }
    }
}
