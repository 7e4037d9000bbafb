use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::CsvAccounts;
use crate::aggregate::{AccountPage, Cursor, Place, lost};
use crate::{Credential, Fault, FaultClass};

/// Settings of the connector.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CsvConfig {
    /// Absolute path of the file with the accounts. Absent: the file is sent with each request to read them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
}

/// The connector: a list of accounts, which takes no passwords.
pub struct CsvFile {
    path: Option<PathBuf>,
}

impl CsvFile {
    /// Checks the settings; opens nothing.
    ///
    /// # Errors
    /// `Configuration`: a relative path, or a credential, as a file has none.
    #[expect(clippy::needless_pass_by_value, reason = "all connectors are built alike")]
    pub fn new(config: &CsvConfig, credential: Option<Credential>) -> Result<Self, Fault> {
        let wrong = |reason: &str| Err(Fault::new(FaultClass::Configuration, reason, "csv: settings"));
        if credential.is_some() {
            return wrong("this source takes no service credential");
        }
        if config.path.as_ref().is_some_and(|path| !path.is_absolute()) {
            return wrong("the setting `path` of this source needs the absolute path of a file");
        }
        Ok(Self { path: config.path.clone() })
    }

    /// Reads the first line of the file, where the settings name one.
    ///
    /// # Errors
    /// `Configuration` or `Transient`.
    pub async fn test(&self) -> Result<(), Fault> {
        match self.path.clone() {
            Some(path) => blocking(move || open(&path).map(|_| ())).await,
            None => Ok(()),
        }
    }

    /// What every call but the reading of accounts gets.
    pub(crate) fn takes_no_passwords() -> Fault {
        let reason = "this source is a list of accounts and takes no passwords";
        Fault::new(FaultClass::Permanent, reason, "csv: not asked")
    }

    /// A page of accounts. The native identity is the first column.
    ///
    /// # Errors
    /// `Configuration` without a file, and when a line of it is wrong; `Transient` when it cannot be read on.
    pub async fn read_accounts(&self, cursor: Option<Cursor>) -> Result<AccountPage, Fault> {
        let mut file = match cursor.map(|cursor| cursor.0) {
            Some(Place::File(file)) => file,
            Some(_) => return Err(lost("the cursor is not that of a file")),
            None => {
                let Some(path) = self.path.clone() else {
                    let reason = "the accounts of this source are sent as a file, and none was sent";
                    return Err(Fault::new(FaultClass::Configuration, reason, "csv: no path"));
                };
                blocking(move || open(&path).map(Box::new)).await?
            }
        };
        let (accounts, file) = blocking(move || Ok((file.page()?, file))).await?;
        let next = (!accounts.is_empty()).then_some(Cursor(Place::File(file)));
        Ok(AccountPage { accounts, next })
    }
}

fn open(path: &Path) -> Result<CsvAccounts, Fault> {
    let failed = |error: std::io::Error| {
        let detail = format!("csv {}: {error}", path.display());
        match error.kind() {
            std::io::ErrorKind::NotFound => {
                Fault::new(FaultClass::Configuration, "the file of accounts of this source does not exist", detail)
            }
            std::io::ErrorKind::PermissionDenied => Fault::new(
                FaultClass::Configuration,
                "the service has no right to read the file of accounts of this source",
                detail,
            ),
            _ => Fault::new(FaultClass::Transient, "the file of accounts cannot be read", detail),
        }
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        let detail = format!("csv {}: not a regular file", path.display());
        return Err(Fault::new(FaultClass::Configuration, "what the settings name is not a file of accounts", detail));
    }
    CsvAccounts::new(Box::new(std::io::BufReader::new(file)), None, None)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Fault::new(FaultClass::Transient, "the file of accounts cannot be read", format!("csv: {error}")))
    })
}
