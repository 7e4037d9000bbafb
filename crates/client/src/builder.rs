//! Sets a client up.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use passwright_wire::PathFamily;
use reqwest::{Certificate, Url};

use crate::client::Client;
use crate::configuration::{Configuration, ConfigurationError};
use crate::error::ClientError;
use crate::retry::RetryPolicy;
use crate::secret::Secret;
use crate::token::{Credential, TokenCache};
use crate::transport::Transport;

/// Sets a [`Client`] up. Needed: a base URL, and credentials or an access token.
pub struct ClientBuilder {
    base_url: Option<String>,
    credential: Option<Credential>,
    family: PathFamily,
    root_certificate_files: Vec<PathBuf>,
    plain_http: bool,
    timeout: Duration,
    repeat_set_password: bool,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            base_url: None,
            credential: None,
            family: PathFamily::V2025,
            root_certificate_files: Vec::new(),
            plain_http: false,
            timeout: Duration::from_secs(30),
            repeat_set_password: true,
        }
    }
}

impl ClientBuilder {
    /// Takes base URL and credentials from a configuration.
    #[must_use]
    pub fn configuration(self, configuration: Configuration) -> Self {
        self.base_url(configuration.base_url).credentials(configuration.client_id, configuration.client_secret)
    }

    /// The service's URL, without a path family: `https://tenant.api.identitynow.com`.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Id and secret of an API client or a personal access token. The access token is fetched at the first call and
    /// renewed when it ends.
    #[must_use]
    pub fn credentials(mut self, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        self.credential = Some(Credential::Client { id: client_id.into(), secret: client_secret.into() });
        self
    }

    /// An access token from elsewhere. It is used as it is and cannot be renewed.
    #[must_use]
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.credential = Some(Credential::AccessToken(Arc::new(token.into())));
        self
    }

    /// The family of paths; [`PathFamily::V2025`] unless set.
    ///
    /// `v2025` is the default because it has all four operations, is served by SailPoint and Passwright alike, and is
    /// not being retired as `beta` and `v3` are. The operations and their models are the same in every family, except
    /// that `v3` has no digit token.
    #[must_use]
    pub fn path_family(mut self, family: PathFamily) -> Self {
        self.family = family;
        self
    }

    /// Trusts the certificates of this PEM file as roots, besides those of the system. For own certificate authorities.
    /// The server's name is checked in any case.
    #[must_use]
    pub fn root_certificate_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.root_certificate_files.push(file.into());
        self
    }

    /// Allows `http://` to hosts other than this machine. Secrets then cross the network unprotected.
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.plain_http = allow;
        self
    }

    /// The longest a single exchange may take; 30 s unless set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whether `set_identity_password` is sent again on 429 and 503 with `Retry-After`; it is unless set.
    ///
    /// A repeat carries the same ciphertext. Passwright answers a ciphertext it has already accepted for the account
    /// with the first change's id, so that a repeat never makes a second change. SailPoint documents no such promise:
    /// a repeat there may at worst make a second change to the same password.
    #[must_use]
    pub fn repeat_set_password(mut self, repeat: bool) -> Self {
        self.repeat_set_password = repeat;
        self
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ClientError::Configuration`] when the base URL or the credentials are missing or unusable, or a root
    /// certificate cannot be read.
    pub fn build(self) -> Result<Client, ClientError> {
        let base_url = self.base_url.ok_or(ConfigurationError::NoBaseUrl)?;
        let (base_url, loopback) = check_base_url(&base_url, self.plain_http)?;
        let credential = self
            .credential
            .ok_or_else(|| ConfigurationError::NoCredentials { base_url: base_url.as_str().to_owned() })?;
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("passwright-client/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(self.timeout)
            .connect_timeout(self.timeout.min(Duration::from_secs(10)));
        if loopback {
            // A proxy set in the environment would see what may be plain text only because it stays on this machine.
            http = http.no_proxy();
        }
        for file in self.root_certificate_files {
            http = http.tls_certs_merge(read_certificates(file)?);
        }
        let http = http.build().map_err(ConfigurationError::Tls)?;
        let retry = RetryPolicy::default();
        Ok(Client {
            transport: Transport { http, base_url, credential, tokens: TokenCache::new(), retry },
            family: self.family,
            repeat_set_password: self.repeat_set_password,
        })
    }
}

/// The URL, and whether it stays on this machine.
fn check_base_url(text: &str, plain_http: bool) -> Result<(Url, bool), ConfigurationError> {
    let fault = |reason| ConfigurationError::BaseUrl { base_url: text.to_owned(), reason };
    // Not repeated in the error when it may hold a password.
    if text.contains('@') {
        let base_url = String::new();
        return Err(ConfigurationError::BaseUrl { base_url, reason: "must not hold a user or a password" });
    }
    let url = Url::parse(text).map_err(|_| fault("not a URL"))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(fault("must end with the host or a path"));
    }
    let host = url.host_str().ok_or_else(|| fault("names no host"))?;
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let loopback = address.map_or(host == "localhost", |address| address.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if loopback || plain_http => {}
        "http" => return Err(fault("plain http is allowed only to this machine, use https")),
        _ => return Err(fault("must begin with https://")),
    }
    Ok((url, loopback))
}

fn read_certificates(path: PathBuf) -> Result<Vec<Certificate>, ConfigurationError> {
    let origin = path.display().to_string();
    let pem = std::fs::read(&path).map_err(|source| ConfigurationError::File { path, source })?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(ConfigurationError::RootCertificate { origin }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls() {
        let cases = [
            ("https://tenant.api.identitynow.com", Ok(false)),
            ("https://localhost:8443/", Ok(true)),
            ("http://127.0.0.1:8080", Ok(true)),
            ("http://127.1.2.3", Ok(true)),
            ("http://[::1]:8080", Ok(true)),
            ("http://LOCALHOST", Ok(true)),
            ("http://localhost.example.com", Err("plain http is allowed only to this machine, use https")),
            ("http://10.0.0.1", Err("plain http is allowed only to this machine, use https")),
            ("ftp://localhost", Err("must begin with https://")),
            ("localhost:8080", Err("names no host")),
            ("", Err("not a URL")),
            ("https://x/?a=b", Err("must end with the host or a path")),
            ("https://user:secret@x", Err("must not hold a user or a password")),
        ];
        for (text, wanted) in cases {
            match (check_base_url(text, false), wanted) {
                (Ok((_, loopback)), Ok(wanted)) => assert_eq!(loopback, wanted, "{text}"),
                (Err(error), Err(reason)) => {
                    let error = error.to_string();
                    assert!(error.ends_with(reason), "{text}: {error}");
                    assert!(!error.contains("secret"), "{error}");
                }
                (found, wanted) => panic!("{text}: {:?} instead of {wanted:?}", found.map(|found| found.1)),
            }
        }
        assert!(check_base_url("http://10.0.0.1", true).is_ok());
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = |builder: ClientBuilder| builder.build().err().unwrap().to_string();
        assert!(missing(Client::builder()).starts_with("no base URL"));
        let no_credentials = missing(Client::builder().base_url("https://x"));
        assert!(no_credentials.starts_with("no client id and secret for https://x/"), "{no_credentials}");
        let folder = tempfile::tempdir().unwrap();
        let ready = || Client::builder().base_url("https://x").access_token("t");
        assert!(ready().build().is_ok());
        let absent = missing(ready().root_certificate_file(folder.path().join("absent.pem")));
        assert!(absent.starts_with("cannot read "), "{absent}");
        let empty = folder.path().join("empty.pem");
        std::fs::write(&empty, "no certificate").unwrap();
        let empty = missing(ready().root_certificate_file(empty));
        assert!(empty.ends_with("holds no usable PEM certificate"), "{empty}");
    }
}
