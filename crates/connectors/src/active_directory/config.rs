//! Settings of the `active_directory` connector.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::ldap::config::{Endpoint, default_connect_timeout_ms, default_operation_timeout_ms, urls};
use crate::ldap::{AccountSearch, Connections, UserSearch};

/// Settings of the connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActiveDirectoryConfig {
    /// `ldaps://host[:port]`, or `ldap://host[:port]` with `start_tls`. Never a global catalog port: those are read-only.
    pub url: String,
    /// Further domain controllers of the same domain, in the form of `url`, at most 15: each is used when none before it takes a
    /// connection, and then as long as it does. All connections go to one at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_urls: Vec<String>,
    #[serde(default)]
    pub start_tls: bool,
    /// A PEM file with the authorities that may vouch for the server; absent: those of the operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// The service account: a distinguished name, `user@domain` or `DOMAIN\user`.
    pub bind_dn: String,
    /// Where and how to find accounts whose native identity is not a distinguished name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<UserSearch>,
    /// Which accounts are read; absent: those that `users` finds, or else all users of the domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<AccountSearch>,
    /// Make a reset obey the password history and minimum age of the domain (control 1.2.840.113556.1.4.2239).
    #[serde(default = "enforced")]
    pub enforce_history: bool,
    /// Milliseconds for name look-up, connection and handshake; 1 to 60,000.
    #[serde(default = "default_connect_timeout_ms")]
    pub connect_timeout_ms: u64,
    /// Milliseconds for one operation; 1 to 60,000.
    #[serde(default = "default_operation_timeout_ms")]
    pub operation_timeout_ms: u64,
    #[serde(default)]
    pub connections: Connections,
}

fn enforced() -> bool {
    true
}

impl ActiveDirectoryConfig {
    /// Settings with every default.
    #[must_use]
    pub fn new(url: impl Into<String>, bind_dn: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            other_urls: Vec::new(),
            start_tls: false,
            ca_file: None,
            bind_dn: bind_dn.into(),
            users: None,
            accounts: None,
            enforce_history: enforced(),
            connect_timeout_ms: default_connect_timeout_ms(),
            operation_timeout_ms: default_operation_timeout_ms(),
            connections: Connections::default(),
        }
    }

    pub(crate) fn endpoint(&self) -> Result<Endpoint, Fault> {
        let endpoint = Endpoint {
            urls: urls(&self.url, &self.other_urls),
            start_tls: self.start_tls,
            ca_file: self.ca_file.clone(),
            bind_dn: self.bind_dn.clone(),
            users: self.users.clone(),
            accounts: self.accounts.clone(),
            connect_timeout: Duration::from_millis(self.connect_timeout_ms),
            operation_timeout: Duration::from_millis(self.operation_timeout_ms),
            connections: self.connections,
        }
        .checked()?;
        if let Some((_, port)) = endpoint.hosts()?.into_iter().find(|(_, port)| matches!(port, 3268 | 3269)) {
            return Err(Fault::new(
                crate::FaultClass::Configuration,
                "the address is that of a global catalog, which cannot change passwords",
                format!("port {port}; use 636, or 389 with start_tls"),
            ));
        }
        Ok(endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::ActiveDirectoryConfig;
    use crate::FaultClass;

    #[test]
    fn history_is_enforced_unless_said_otherwise() {
        let read = |text: &str| serde_json::from_str::<ActiveDirectoryConfig>(text);
        let short = read(r#"{"url":"ldaps://dc1","bind_dn":"svc@acme.com"}"#).unwrap();
        assert_eq!(short, ActiveDirectoryConfig::new("ldaps://dc1", "svc@acme.com"));
        assert!(short.enforce_history);
        assert!(read(r#"{"url":"ldaps://dc1","bind_dn":"svc","insecure":true}"#).is_err());
    }

    #[test]
    fn addresses_that_cannot_work_are_refused() {
        for url in ["ldap://dc1", "ldaps://dc1:3269", "ldaps://dc1:3268", "dc1"] {
            let fault = ActiveDirectoryConfig::new(url, "svc@acme.com").endpoint().unwrap_err();
            assert_eq!(fault.class, FaultClass::Configuration, "{url}");
        }
    }
}
