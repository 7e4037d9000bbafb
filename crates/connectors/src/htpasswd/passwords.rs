//! Writes and proves a password in the file.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::config::HtpasswdConfig;
use super::{file, lines};
use crate::hash::{HashScheme, background};
use crate::{AccountRef, AccountState, Credential, Fault, FaultClass, Proof, Provability, SetPassword, SignIns};

/// The connector.
pub struct Htpasswd {
    pub(super) path: PathBuf,
    scheme: HashScheme,
    /// Queues this process's own writers, so that they do not wait for each other's file lock by looking again.
    turn: Arc<Mutex<()>>,
}

impl Htpasswd {
    pub const PROVABILITY: Provability = Provability::SignIn;

    /// Checks the settings; opens nothing.
    ///
    /// # Errors
    /// `Configuration`: a relative path, a cost out of bounds, or a credential, as the file has none.
    #[expect(clippy::needless_pass_by_value, reason = "all connectors are built alike")]
    pub fn new(config: &HtpasswdConfig, credential: Option<Credential>) -> Result<Self, Fault> {
        let wrong = |reason: &str| Err(Fault::new(FaultClass::Configuration, reason, "htpasswd: settings"));
        if credential.is_some() {
            return wrong("this source takes no service credential");
        }
        if !config.path.is_absolute() || config.path.file_name().is_none() {
            return wrong("the setting `path` of this source needs the absolute path of a file");
        }
        let scheme = config.scheme();
        scheme.validate()?;
        Ok(Self { path: config.path.clone(), scheme, turn: Arc::new(Mutex::new(())) })
    }

    /// Reads the file and looks whether its folder may be written; changes nothing.
    ///
    /// # Errors
    /// `Configuration` or `Transient`.
    pub async fn test(&self) -> Result<(), Fault> {
        let path = self.path.clone();
        blocking(move || {
            file::read(&path)?;
            file::writable(&path)
        })
        .await
    }

    /// Looks for the user's line. The file does not tell when a password was changed.
    ///
    /// # Errors
    /// `Permanent` when there is no line, or the name cannot stand in the file.
    pub async fn check(&self, account: AccountRef<'_>) -> Result<AccountState, Fault> {
        self.hashes(account).await?;
        Ok(AccountState {
            sign_ins: SignIns::NeverLock,
            max_password_bytes: self.scheme.max_password_bytes(),
            ..AccountState::default()
        })
    }

    /// Hashes the password and replaces the file. The options have no meaning here: there is neither a lock nor an expiry.
    ///
    /// # Errors
    /// `Refused` before any write for a password over 72 bytes or one that HTTP Basic cannot carry; `Permanent` when the
    /// user has no line; `Transient` when another program holds the lock for four seconds.
    pub async fn set_password(&self, account: AccountRef<'_>, new: &str, _options: SetPassword) -> Result<(), Fault> {
        let user = user(account)?;
        // RFC 7617 section 2: user-id and password must not contain control characters (CTL of RFC 5234).
        if new.contains(|c: char| c.is_ascii_control()) {
            let reason = "this system takes no password with control characters";
            return Err(Fault::new(FaultClass::Refused, reason, "htpasswd: a control character (RFC 7617 section 2)"));
        }
        let hash = background::hash(self.scheme, new).await?;
        let turn = self.turn.clone().lock_owned().await;
        let path = self.path.clone();
        blocking(move || {
            let _turn = turn;
            file::replace(&path, &user, &hash)
        })
        .await
    }

    /// Reads the file again and verifies, as the web server does at a sign-in.
    ///
    /// # Errors
    /// As [`Self::check`]; `Configuration` when the stored text is no hash we know.
    pub async fn prove(&self, account: AccountRef<'_>, password: &str) -> Result<Proof, Fault> {
        let hashes = self.hashes(account).await?;
        if password.is_empty() {
            return Ok(Proof::Rejected);
        }
        // Every line must agree, because readers differ in which one they take.
        for hash in hashes {
            if hash.is_empty() || !background::verify(&hash, password).await? {
                return Ok(Proof::Rejected);
            }
        }
        Ok(Proof::Proved)
    }

    /// The user's stored hashes, at least one.
    async fn hashes(&self, account: AccountRef<'_>) -> Result<Vec<Zeroizing<String>>, Fault> {
        let user = user(account)?;
        let path = self.path.clone();
        blocking(move || {
            let snapshot = file::read(&path)?;
            let hashes: Vec<_> = lines::hashes(&snapshot.text, &user)
                .into_iter()
                .map(|hash| Zeroizing::new(String::from_utf8_lossy(hash).into_owned()))
                .collect();
            if hashes.is_empty() { Err(file::no_such_user()) } else { Ok(hashes) }
        })
        .await
    }
}

/// The user name, where it can stand on a line of its own.
fn user(account: AccountRef<'_>) -> Result<String, Fault> {
    let user = account.native_identity;
    if user.is_empty() || user.starts_with('#') || user.contains(|c: char| c == ':' || c.is_ascii_control()) {
        let reason = "the account name cannot stand in this source's password file";
        let detail = "htpasswd: the name is empty, begins with # or has a colon or a control character";
        return Err(Fault::new(FaultClass::Permanent, reason, detail));
    }
    Ok(user.to_owned())
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        let reason = "the password file of this source cannot be reached";
        Err(Fault::new(FaultClass::Transient, reason, format!("htpasswd: {error}")).after_sending())
    })
}
