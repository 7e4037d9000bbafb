//! Settings of the `ldap` connector, and what of them every LDAP connection needs.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Fault, FaultClass};

/// Settings of the connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LdapConfig {
    /// `ldaps://host[:port]`, or `ldap://host[:port]` with `start_tls`.
    pub url: String,
    /// Further servers of the same directory, in the form of `url`, at most 15: each is used when none before it takes a
    /// connection, and then as long as it does. All connections go to one server at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_urls: Vec<String>,
    /// Begin in clear and switch to TLS before anything else (RFC 4511 section 4.14).
    #[serde(default)]
    pub start_tls: bool,
    /// A PEM file with the authorities that may vouch for the server; absent: those of the operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// The service account.
    pub bind_dn: String,
    /// Where and how to find accounts whose native identity is not a distinguished name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<UserSearch>,
    /// Which accounts are read; absent: those that `users` finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<AccountSearch>,
    /// The password policy entry (`pwdPolicy`) of accounts that name none of their own; absent: their lock-out and minimum
    /// age are not known beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_policy: Option<String>,
    #[serde(default)]
    pub password_method: PasswordMethod,
    /// Milliseconds for name look-up, connection and handshake; 1 to 60,000.
    #[serde(default = "default_connect_timeout_ms")]
    pub connect_timeout_ms: u64,
    /// Milliseconds for one operation; 1 to 60,000.
    #[serde(default = "default_operation_timeout_ms")]
    pub operation_timeout_ms: u64,
    #[serde(default)]
    pub connections: Connections,
}

impl LdapConfig {
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
            password_policy: None,
            password_method: PasswordMethod::default(),
            connect_timeout_ms: default_connect_timeout_ms(),
            operation_timeout_ms: default_operation_timeout_ms(),
            connections: Connections::default(),
        }
    }

    pub(crate) fn endpoint(&self) -> Result<Endpoint, Fault> {
        Endpoint {
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
        .checked()
    }
}

/// How the password is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordMethod {
    /// The password modify operation (RFC 3062): the server hashes.
    #[default]
    Extended,
    /// An ordinary modify of `userPassword` in clear text: only where the server hashes that too.
    Modify,
}

/// The search that turns a native identity or login name into a distinguished name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserSearch {
    /// The subtree to search.
    pub base: String,
    /// An RFC 4515 filter with exactly one `{}`, which the escaped native identity replaces.
    #[serde(default = "default_filter")]
    pub filter: String,
}

/// The search that reads the accounts of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSearch {
    /// The subtree to search.
    pub base: String,
    /// An RFC 4515 filter. Absent: persons; of Active Directory those who are users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// Kept connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Connections {
    /// Multiplexed connections of the service account; 1 to 32.
    pub service: usize,
    /// Connections on which accounts sign in; one sign-in at a time on each; 1 to 256.
    pub proof: usize,
}

impl Default for Connections {
    fn default() -> Self {
        Self { service: 2, proof: 8 }
    }
}

pub(crate) const fn default_connect_timeout_ms() -> u64 {
    3_000
}

pub(crate) const fn default_operation_timeout_ms() -> u64 {
    5_000
}

fn default_filter() -> String {
    "(uid={})".to_owned()
}

/// Addresses of one source.
const MOST_URLS: usize = 16;

/// What both LDAP connectors need to know to open and use connections. Checked.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// In the order in which they are tried.
    pub(crate) urls: Vec<String>,
    pub(crate) start_tls: bool,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) bind_dn: String,
    pub(crate) users: Option<UserSearch>,
    pub(crate) accounts: Option<AccountSearch>,
    pub(crate) connect_timeout: Duration,
    pub(crate) operation_timeout: Duration,
    pub(crate) connections: Connections,
}

impl Endpoint {
    pub(crate) fn checked(self) -> Result<Self, Fault> {
        if self.urls.len() > MOST_URLS {
            return Err(wrong("the source has too many addresses", "url and other_urls are at most 16"));
        }
        for url in &self.urls {
            match (address(url)?.0, self.start_tls) {
                ("ldaps", false) | ("ldap", true) => {}
                ("ldap", false) => {
                    return Err(wrong("an unencrypted connection is refused", "ldap:// without start_tls"));
                }
                _ => return Err(wrong("the connection is encrypted from its start", "ldaps:// with start_tls")),
            }
        }
        // An empty name would make a bind anonymous, which succeeds (RFC 4513 section 5.1).
        if self.bind_dn.trim().is_empty() {
            return Err(wrong("the service account has no name", "bind_dn is empty"));
        }
        let bounded = |limit: Duration| (Duration::from_millis(1)..=Duration::from_secs(60)).contains(&limit);
        if !bounded(self.connect_timeout) || !bounded(self.operation_timeout) {
            return Err(wrong("a time limit is out of bounds", "timeouts are 1 to 60000 ms"));
        }
        if !(1..=32).contains(&self.connections.service) || !(1..=256).contains(&self.connections.proof) {
            return Err(wrong("a number of connections is out of bounds", "service 1 to 32, proof 1 to 256"));
        }
        if let Some(users) = &self.users {
            let sample = users.filter.replacen("{}", "x", 1);
            if !users.filter.contains("={}") || sample.contains("{}") || ldap3::parse_filter(&sample).is_err() {
                return Err(wrong("the search filter for accounts is wrong", "filter needs one ={} and RFC 4515 form"));
            }
        }
        if let Some(AccountSearch { base, filter }) = &self.accounts
            && (base.trim().is_empty() || filter.as_ref().is_some_and(|text| ldap3::parse_filter(text).is_err()))
        {
            return Err(wrong(
                "the search for accounts is wrong",
                "accounts needs a base, and a filter of RFC 4515 form",
            ));
        }
        Ok(self)
    }

    /// Where the accounts are and what they are: as the settings say, or else all of the domain. `persons` is the filter
    /// where the settings have none.
    pub(crate) fn account_search(&self, domain: Option<&str>, persons: &str) -> Result<(String, String), Fault> {
        let search = match (&self.accounts, &self.users, domain) {
            (Some(accounts), ..) => {
                (accounts.base.clone(), accounts.filter.clone().unwrap_or_else(|| persons.to_owned()))
            }
            // With any value in the place of the name.
            (None, Some(users), _) => (users.base.clone(), users.filter.replacen("{}", "*", 1)),
            (None, None, Some(domain)) => (domain.to_owned(), persons.to_owned()),
            (None, None, None) => {
                let detail = "neither accounts nor users is set";
                return Err(wrong("the settings of the source do not say where its accounts are", detail));
            }
        };
        Ok(search)
    }

    /// How each connection begins.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.start_tls { "ldap" } else { "ldaps" }
    }

    /// Hosts and ports, in the order in which they are tried.
    pub(crate) fn hosts(&self) -> Result<Vec<(&str, u16)>, Fault> {
        self.urls.iter().map(|url| address(url).map(|(_, host, port)| (host, port))).collect()
    }
}

pub(crate) fn urls(first: &str, others: &[String]) -> Vec<String> {
    std::iter::once(first.to_owned()).chain(others.iter().cloned()).collect()
}

/// Scheme, host and port. The host is checked against the certificate, so it is a name or an IPv4 address:
/// the bracketed IPv6 form of a URL cannot stand in one.
fn address(url: &str) -> Result<(&str, &str, u16), Fault> {
    let bad = || wrong("the address of the source is wrong", "url is not ldaps://host[:port] or ldap://host[:port]");
    let (scheme, rest) = url.split_once("://").ok_or_else(bad)?;
    let default_port = match scheme {
        "ldaps" => 636,
        "ldap" => 389,
        _ => return Err(bad()),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, port.parse().ok().filter(|port| *port != 0).ok_or_else(bad)?),
        None => (rest, default_port),
    };
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if host.is_empty() || !host.chars().all(named) {
        return Err(bad());
    }
    Ok((scheme, host, port))
}

fn wrong(reason: &str, detail: &str) -> Fault {
    Fault::new(FaultClass::Configuration, reason, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, start_tls: bool) -> Result<(String, u16), Fault> {
        let endpoint = LdapConfig { start_tls, ..LdapConfig::new(url, "cn=svc") }.endpoint()?;
        let (host, port) = endpoint.hosts()?[0];
        Ok((host.to_owned(), port))
    }

    #[test]
    fn only_encrypted_addresses_are_taken() {
        assert_eq!(check("ldaps://dc1.acme.com", false).unwrap(), ("dc1.acme.com".to_owned(), 636));
        assert_eq!(check("ldaps://127.0.0.20:6360/", false).unwrap(), ("127.0.0.20".to_owned(), 6360));
        assert_eq!(check("ldap://dc1", true).unwrap(), ("dc1".to_owned(), 389));
        for (url, start_tls) in [
            ("ldap://dc1", false),
            ("ldaps://dc1", true),
            ("ldapi://%2Frun", false),
            ("http://dc1", false),
            ("dc1", false),
            ("ldaps://", false),
            ("ldaps://dc1:0", false),
            ("ldaps://dc1:99999", false),
            ("ldaps://user@dc1", false),
            ("ldaps://[::1]:636", false),
            ("ldaps://dc1/dc=acme", false),
            ("ldaps://dc1?x", false),
            ("LDAP://dc1", true),
        ] {
            assert_eq!(check(url, start_tls).unwrap_err().class, FaultClass::Configuration, "{url}");
        }
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let good = LdapConfig::new("ldaps://dc1", "cn=svc");
        assert!(good.endpoint().is_ok());
        let several = LdapConfig { other_urls: vec!["ldaps://dc2:6360".to_owned()], ..good.clone() };
        assert_eq!(several.endpoint().unwrap().hosts().unwrap(), [("dc1", 636), ("dc2", 6360)]);
        let filter = |filter: &str| LdapConfig {
            users: Some(UserSearch { base: "dc=acme".to_owned(), filter: filter.to_owned() }),
            ..good.clone()
        };
        assert!(filter("(&(objectClass=person)(uid={}))").endpoint().is_ok());
        for bad in [
            LdapConfig { bind_dn: "  ".to_owned(), ..good.clone() },
            LdapConfig { other_urls: vec!["ldap://dc2".to_owned()], ..good.clone() },
            LdapConfig { other_urls: vec!["dc2".to_owned()], ..good.clone() },
            LdapConfig { other_urls: vec!["ldaps://dc2".to_owned(); 16], ..good.clone() },
            LdapConfig { operation_timeout_ms: 0, ..good.clone() },
            LdapConfig { connect_timeout_ms: 3_600_000, ..good.clone() },
            LdapConfig { connections: Connections { service: 0, proof: 1 }, ..good.clone() },
            LdapConfig { connections: Connections { service: 1, proof: 1000 }, ..good.clone() },
            filter("(uid=abby)"),
            filter("(|(uid={})(mail={}))"),
            filter("({}=x)"),
            filter("(uid={}"),
        ] {
            assert_eq!(bad.endpoint().unwrap_err().class, FaultClass::Configuration, "{bad:?}");
        }
    }

    #[test]
    fn accounts_are_searched_where_the_settings_say() {
        let good = LdapConfig::new("ldaps://dc1", "cn=svc");
        let users = UserSearch { base: "ou=people".to_owned(), filter: "(&(objectClass=person)(uid={}))".to_owned() };
        let accounts = |filter: Option<&str>| {
            Some(AccountSearch { base: "ou=staff".to_owned(), filter: filter.map(str::to_owned) })
        };
        let search = |config: &LdapConfig, domain| config.endpoint().unwrap().account_search(domain, "(person)");
        let found = |base: &str, filter: &str| Ok((base.to_owned(), filter.to_owned()));
        assert_eq!(search(&good, None).unwrap_err().class, FaultClass::Configuration);
        assert_eq!(search(&good, Some("dc=acme")), found("dc=acme", "(person)"));
        let named = LdapConfig { users: Some(users), ..good };
        assert_eq!(search(&named, Some("dc=acme")), found("ou=people", "(&(objectClass=person)(uid=*))"));
        let both = LdapConfig { accounts: accounts(None), ..named.clone() };
        assert_eq!(search(&both, None), found("ou=staff", "(person)"));
        let both = LdapConfig { accounts: accounts(Some("(uid=a*)")), ..named };
        assert_eq!(search(&both, None), found("ou=staff", "(uid=a*)"));
    }

    #[test]
    fn short_settings_get_the_defaults_and_unknown_keys_are_refused() {
        let text = r#"{"url":"ldaps://dc1","bind_dn":"cn=svc"}"#;
        assert_eq!(serde_json::from_str::<LdapConfig>(text).unwrap(), LdapConfig::new("ldaps://dc1", "cn=svc"));
        assert!(serde_json::from_str::<LdapConfig>(r#"{"url":"a","bind_dn":"b","tls_verify":false}"#).is_err());
    }
}
