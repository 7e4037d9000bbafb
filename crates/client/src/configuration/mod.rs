//! Base URL and credentials, found where the official SDKs look for them.
//!
//! Three places, the first that names a base URL counts: the environment (`SAIL_BASE_URL`, `SAIL_CLIENT_ID`,
//! `SAIL_CLIENT_SECRET`), `./config.json`, `~/.sailpoint/config.yaml`. Credentials are taken from the place of the base
//! URL, so that a secret is never sent to a server it was not written down for; if that place has none, those of an
//! environment without a base URL are used, as the vendor's command line does.

mod json;
mod yaml;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use reqwest::Url;

use crate::secret::Secret;

/// Where the client goes and as whom.
#[derive(Clone)]
pub struct Configuration {
    /// The service's URL, without a path family.
    pub base_url: String,
    /// Id of the API client or personal access token.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
}

/// What is missing or wrong in the set-up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// No place names a base URL.
    #[error("no base URL: set SAIL_BASE_URL, or give one in ./config.json or ~/.sailpoint/config.yaml")]
    NoBaseUrl,
    /// No credentials for this base URL.
    #[error("no client id and secret for {base_url}: set SAIL_CLIENT_ID and SAIL_CLIENT_SECRET")]
    NoCredentials {
        /// The base URL they are wanted for.
        base_url: String,
    },
    /// The base URL is no URL this client can use.
    #[error("base URL {base_url:?}: {reason}")]
    BaseUrl {
        /// The text given.
        base_url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A configuration file has another form than expected.
    #[error("{}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The root certificates cannot be used.
    #[error("{origin} holds no usable PEM certificate")]
    RootCertificate {
        /// The file, or "the text given".
        origin: String,
    },
    /// The TLS set-up of this machine cannot be used.
    #[error("the HTTP client cannot be set up")]
    Tls(#[source] reqwest::Error),
}

/// What one place says.
#[derive(Default, Clone)]
struct Place {
    base_url: Option<String>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
}

impl Configuration {
    /// Looks in the environment, `./config.json` and `~/.sailpoint/config.yaml`; see the [module](self).
    ///
    /// With `base_url` given, only the credentials are looked for: those of a place with the same base URL, or those
    /// of an environment without one.
    ///
    /// # Errors
    /// [`ConfigurationError`] when something is missing or a file is malformed. A file that does not exist is no fault.
    pub fn load(base_url: Option<&str>) -> Result<Self, ConfigurationError> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let environment = Place {
            base_url: variable("SAIL_BASE_URL"),
            client_id: variable("SAIL_CLIENT_ID"),
            client_secret: variable("SAIL_CLIENT_SECRET").map(Secret::new),
        };
        // The files are opened only when needed: a broken one must not matter to who does not use it.
        let files = [
            (Some(PathBuf::from("config.json")), json::read as Reader),
            (std::env::home_dir().map(|home| home.join(".sailpoint").join("config.yaml")), yaml::read as Reader),
        ];
        let files = files.into_iter().filter_map(|(path, reader)| read(&path?, reader).transpose());
        resolve(base_url, &environment, files)
    }
}

type Reader = fn(&str) -> Result<Place, String>;

fn read(path: &Path, reader: Reader) -> Result<Option<Place>, ConfigurationError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Secret::new(text),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(source) => return Err(ConfigurationError::File { path: path.to_owned(), source }),
    };
    let malformed = |reason| ConfigurationError::Malformed { path: path.to_owned(), reason };
    reader(text.expose()).map(Some).map_err(malformed)
}

fn resolve(
    base_url: Option<&str>,
    environment: &Place,
    files: impl Iterator<Item = Result<Place, ConfigurationError>>,
) -> Result<Configuration, ConfigurationError> {
    let mut asked_for = base_url.map(str::to_owned);
    for place in std::iter::once(Ok(environment.clone())).chain(files) {
        let place = place?;
        let Some(named) = place.base_url else { continue };
        if asked_for.as_ref().is_some_and(|asked| !same_server(asked, &named)) {
            continue;
        }
        if let (Some(client_id), Some(client_secret)) = (place.client_id, place.client_secret) {
            let base_url = base_url.map_or(named, str::to_owned);
            return Ok(Configuration { base_url, client_id, client_secret });
        }
        asked_for = Some(named);
        break;
    }
    let base_url = base_url.map(str::to_owned).or(asked_for).ok_or(ConfigurationError::NoBaseUrl)?;
    match environment {
        Place { base_url: None, client_id: Some(id), client_secret: Some(secret) } => {
            Ok(Configuration { base_url, client_id: id.clone(), client_secret: secret.clone() })
        }
        _ => Err(ConfigurationError::NoCredentials { base_url }),
    }
}

/// Whether both name the same scheme, host and port (RFC 6454 section 4).
fn same_server(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => one.host().is_some() && one.origin() == other.origin(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
