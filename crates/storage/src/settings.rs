//! Settings of the whole installation, one JSON value by name, and the version of what nodes cache.

use passwright_domain::timestamp::Timestamp;

use crate::{StorageError, Tx, Write};

statements! {
    READ = "SELECT value FROM setting WHERE name = $1";
    SET = "INSERT INTO setting (name, value, modified_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET \
           value = excluded.value, modified_at = excluded.modified_at";
    ADD = "INSERT INTO setting (name, value, modified_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
    DELETE = "DELETE FROM setting WHERE name = $1";
    REPLACE = "UPDATE setting SET value = $2, modified_at = $3 WHERE name = $1 AND value = $4";
    RAISE_VERSION = "INSERT INTO setting (name, value, modified_at) VALUES ('catalog_version', '1', $1) \
           ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT), \
           modified_at = excluded.modified_at";
    VERSION = "SELECT value FROM setting WHERE name = 'catalog_version'";
}

/// The organisation's password configuration as JSON.
pub const ORG_CONFIG: &str = "org_config";
/// The uploaded password dictionary's text.
pub const PASSWORD_DICTIONARY: &str = "password_dictionary";

/// How people sign in, each as JSON.
pub const LOCKOUT_CONFIG: &str = "lockout_config";
pub const SESSION_CONFIG: &str = "session_config";
pub const NETWORK_CONFIG: &str = "network_config";
/// What the service is called on its pages, and their colour, as JSON.
pub const BRANDING: &str = "branding";
/// How the help desk works, as JSON.
pub const HELP_DESK_CONFIG: &str = "help_desk_config";
/// How providers of a further factor are reached, each as JSON with sealed secrets.
pub const MFA_OKTA_VERIFY: &str = "mfa_okta_verify";
pub const MFA_DUO_WEB: &str = "mfa_duo_web";

/// What shows that a node's epoch keys are those of the other nodes: an epoch, and a value only its key gives.
pub const EPOCH_CHECK: &str = "epoch_check";

/// Sets a value unless another node was quicker: gives whether the value was still `before`.
pub struct ReplaceSetting {
    pub name: &'static str,
    /// `None`: there is no value yet.
    pub before: Option<String>,
    pub after: String,
    pub now: Timestamp,
}

impl Write for ReplaceSetting {
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let Self { name, before, after, now } = self;
        let changed = match before {
            Some(before) => execute!(tx, REPLACE, *name, after.as_str(), now.0, before.as_str())?,
            None => execute!(tx, ADD, *name, after.as_str(), now.0)?,
        };
        Ok(changed == 1)
    }
}
/// Which state of the installation the database is of.
pub const RESTORE_MARK: &str = "restore_mark";

/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StorageError> {
    Ok(fetch_optional!(tx, (String,), READ, name)?.map(|(value,)| value))
}

/// # Errors
/// When the database does not answer.
pub async fn set(tx: &mut Tx<'_>, name: &str, value: &str, now: Timestamp) -> Result<(), StorageError> {
    execute!(tx, SET, name, value, now.0)?;
    Ok(())
}

/// # Errors
/// When the database does not answer.
pub async fn delete(tx: &mut Tx<'_>, name: &str) -> Result<(), StorageError> {
    execute!(tx, DELETE, name)?;
    Ok(())
}

/// Sets one value.
pub struct SetSetting {
    pub name: &'static str,
    pub value: String,
    pub now: Timestamp,
}

impl Write for SetSetting {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        set(tx, self.name, &self.value, self.now).await
    }
}

/// Tells every node that sources, policies, groups or settings changed; part of the transaction that changes them.
///
/// # Errors
/// When the database does not answer.
pub async fn raise_catalog_version(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StorageError> {
    execute!(tx, RAISE_VERSION, now.0)?;
    Ok(())
}

/// # Errors
/// When the database does not answer.
pub async fn catalog_version(tx: &mut Tx<'_>) -> Result<String, StorageError> {
    Ok(fetch_optional!(tx, (String,), VERSION)?.map(|(v,)| v).unwrap_or_default())
}
