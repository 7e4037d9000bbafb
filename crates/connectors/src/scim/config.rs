//! Settings of the connector.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::http::parse_url;
use crate::ldap::config::{default_connect_timeout_ms, default_operation_timeout_ms};
use crate::{Fault, FaultClass};

/// Settings of the connector. The credential is a bearer token, or with `basic_user` that user's password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScimConfig {
    /// `https://host[:port]/path`: what stands before `/Users`.
    pub url: String,
    /// A PEM file with the authorities that may vouch for the servers; absent: those of the operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// The service account's name for HTTP Basic; absent: the credential is a bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic_user: Option<String>,
    /// Which attribute the native identity of an account is.
    #[serde(default)]
    pub find_by: FindBy,
    #[serde(default)]
    pub write: PasswordWrite,
    #[serde(default)]
    pub change_time: ChangeTime,
    /// Where a person signs in, to prove a written password; absent: it is not proved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignInCheck>,
    /// Milliseconds for name look-up, connection and handshake; 1 to 60,000.
    #[serde(default = "default_connect_timeout_ms")]
    pub connect_timeout_ms: u64,
    /// Milliseconds for one request with its answer; 1 to 60,000.
    #[serde(default = "default_operation_timeout_ms")]
    pub operation_timeout_ms: u64,
}

/// Which attribute the native identity of an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindBy {
    #[default]
    Id,
    UserName,
    ExternalId,
}

/// How the password is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordWrite {
    /// One PATCH that replaces `password` (RFC 7644 section 3.5.2.3).
    #[default]
    Patch,
    /// The account is read and put back whole with the password (RFC 7644 section 3.5.1): only where there is no PATCH, as
    /// a service may drop what it did not show.
    Put,
}

/// What is taken for the time when the password was last changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeTime {
    /// `meta.lastModified`, which any other change of the account moves as well.
    #[default]
    LastModified,
    /// It is not known.
    None,
}

/// A place where a person signs in with user name and password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SignInCheck {
    /// A page behind HTTP Basic, which answers 401 without a sign-in.
    Basic { url: String },
    /// An OAuth2 token endpoint with the password grant (RFC 6749 section 4.3) and a public client.
    PasswordGrant { url: String, client_id: String },
}

impl ScimConfig {
    /// Settings with every default.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ca_file: None,
            basic_user: None,
            find_by: FindBy::default(),
            write: PasswordWrite::default(),
            change_time: ChangeTime::default(),
            sign_in: None,
            connect_timeout_ms: default_connect_timeout_ms(),
            operation_timeout_ms: default_operation_timeout_ms(),
        }
    }

    /// The time for a connection, and for a request with its answer.
    pub(super) fn limits(&self) -> Result<(Duration, Duration), Fault> {
        let limits = [self.connect_timeout_ms, self.operation_timeout_ms];
        if limits.iter().any(|limit| !(1..=60_000).contains(limit)) {
            return Err(wrong("a time limit is out of bounds", "timeouts are 1 to 60000 ms"));
        }
        Ok((Duration::from_millis(limits[0]), Duration::from_millis(limits[1])))
    }
}

/// Reads an address to which passwords may go.
pub(super) fn encrypted(setting: &str, text: &str) -> Result<Url, Fault> {
    let bad = |why: &str| wrong("the address of the source is wrong", &format!("{setting} {why}"));
    let url = parse_url(text).map_err(bad)?;
    match url.scheme() {
        "https" if url.query().is_some() => Err(bad("must not hold a query")),
        "https" => Ok(url),
        _ => Err(wrong("an unencrypted connection is refused", &format!("{setting} must begin with https://"))),
    }
}

pub(super) fn wrong(reason: &str, detail: &str) -> Fault {
    Fault::new(FaultClass::Configuration, reason, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Credential;
    use crate::scim::Scim;

    fn check(config: &ScimConfig, credential: Option<&str>) -> Option<Fault> {
        Scim::new(config, credential.map(|text| Credential::new(text.to_owned()))).err()
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let good = ScimConfig::new("https://idp.acme.com/scim/v2");
        let basic = |url: &str| Some(SignInCheck::Basic { url: url.to_owned() });
        assert_eq!(check(&good, Some("token")), None);
        assert_eq!(check(&ScimConfig { sign_in: basic("https://idp.acme.com/me"), ..good.clone() }, Some("t")), None);
        let no_client = SignInCheck::PasswordGrant { url: "https://idp/token".to_owned(), client_id: String::new() };
        for bad in [
            ScimConfig { url: "http://idp.acme.com/scim/v2".to_owned(), ..good.clone() },
            ScimConfig { url: "https://svc:pw@idp.acme.com/scim/v2".to_owned(), ..good.clone() },
            ScimConfig { url: "https://idp.acme.com/scim/v2?key=1".to_owned(), ..good.clone() },
            ScimConfig { url: "https://idp.acme.com/#x".to_owned(), ..good.clone() },
            ScimConfig { url: "mailto:idp".to_owned(), ..good.clone() },
            ScimConfig { url: String::new(), ..good.clone() },
            ScimConfig { basic_user: Some(String::new()), ..good.clone() },
            ScimConfig { basic_user: Some("a:b".to_owned()), ..good.clone() },
            ScimConfig { operation_timeout_ms: 0, ..good.clone() },
            ScimConfig { connect_timeout_ms: 3_600_000, ..good.clone() },
            ScimConfig { ca_file: Some("/nonexistent/ca.pem".into()), ..good.clone() },
            ScimConfig { sign_in: basic("http://idp.acme.com/me"), ..good.clone() },
            ScimConfig { sign_in: Some(no_client), ..good.clone() },
        ] {
            assert_eq!(check(&bad, Some("token")).map(|fault| fault.class), Some(FaultClass::Configuration), "{bad:?}");
        }
        for credential in [None, Some(""), Some("a\nb")] {
            assert_eq!(check(&good, credential).map(|fault| fault.class), Some(FaultClass::Configuration));
        }
    }

    #[test]
    fn short_settings_get_the_defaults_and_unknown_keys_are_refused() {
        let short: ScimConfig = serde_json::from_str(r#"{"url":"https://idp"}"#).unwrap();
        assert_eq!(short, ScimConfig::new("https://idp"));
        let text = r#"{"url":"https://idp","find_by":"user_name","write":"put","change_time":"none",
            "sign_in":{"kind":"password_grant","url":"https://idp/token","client_id":"x"}}"#;
        assert_eq!(serde_json::from_str::<ScimConfig>(text).unwrap().write, PasswordWrite::Put);
        assert!(serde_json::from_str::<ScimConfig>(r#"{"url":"https://idp","tls_verify":false}"#).is_err());
    }
}
