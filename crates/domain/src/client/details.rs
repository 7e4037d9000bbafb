//! What an administrator says of an API client.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::LONGEST_REFRESH_TOKEN;

/// Most redirect URIs of one client.
const MOST_REDIRECT_URIS: usize = 20;
/// Longest redirect URI, in bytes.
const LONGEST_URI: usize = 2000;

/// How a client may get tokens; the names are the wire's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum GrantType {
    ClientCredentials,
    AuthorizationCode,
    RefreshToken,
}

/// Whether a client works while its user is away; told to clients, no rule here depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccessType {
    Online,
    Offline,
}

/// Whether a client can keep a secret (RFC 6749 section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClientType {
    Confidential,
    Public,
}

/// Stored as JSON; a client made before a field was known has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientDetails {
    pub description: String,
    pub business_name: String,
    pub homepage_url: String,
    /// Lifetime of a refresh token, in seconds, 1 to [`LONGEST_REFRESH_TOKEN`].
    pub refresh_token_seconds: i64,
    /// Compared as strings, byte by byte.
    pub redirect_uris: Vec<String>,
    pub grant_types: BTreeSet<GrantType>,
    pub access_type: AccessType,
    pub client_type: ClientType,
    pub strong_auth_supported: bool,
    pub claims_supported: bool,
}

impl Default for ClientDetails {
    fn default() -> Self {
        Self {
            description: String::new(),
            business_name: String::new(),
            homepage_url: String::new(),
            refresh_token_seconds: 86_400,
            redirect_uris: Vec::new(),
            grant_types: BTreeSet::from([GrantType::ClientCredentials]),
            access_type: AccessType::Offline,
            client_type: ClientType::Confidential,
            strong_auth_supported: false,
            claims_supported: false,
        }
    }
}

impl ClientDetails {
    #[must_use]
    pub fn allows(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// What does not fit together, in the wire's words; empty when all does.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut must = |holds: bool, what: &str| {
            if !holds {
                faults.push(what.to_owned());
            }
        };
        let code = self.allows(GrantType::AuthorizationCode);
        must(!self.grant_types.is_empty(), "grantTypes must name at least one");
        must(
            code || !self.allows(GrantType::RefreshToken),
            "grantTypes may name REFRESH_TOKEN only together with AUTHORIZATION_CODE",
        );
        must(!code || !self.redirect_uris.is_empty(), "redirectUris must name one for AUTHORIZATION_CODE");
        must(
            self.client_type == ClientType::Confidential || !self.allows(GrantType::ClientCredentials),
            "type PUBLIC cannot have CLIENT_CREDENTIALS: it has no secret",
        );
        must(
            (1..=LONGEST_REFRESH_TOKEN).contains(&self.refresh_token_seconds),
            "refreshTokenValiditySeconds must be 1 to 2592000",
        );
        must(self.redirect_uris.len() <= MOST_REDIRECT_URIS, "redirectUris must be 20 at most");
        must(
            self.redirect_uris.iter().all(|uri| is_redirect_uri(uri)),
            "redirectUris must be https, or http on a loopback address, without a fragment, a wildcard or a user name",
        );
        faults
    }
}

/// An absolute `https` URI, or `http` to the own machine (RFC 8252 section 7.3), that cannot mean several places.
fn is_redirect_uri(uri: &str) -> bool {
    let plain = uri.len() <= LONGEST_URI && uri.bytes().all(|b| b.is_ascii_graphic());
    if !plain || uri.contains(['#', '*', '\\', '<', '>', '"', '{', '}', '|', '^', '`']) {
        return false;
    }
    let (secure, rest) = match (uri.strip_prefix("https://"), uri.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return false,
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => match v6.split_once(']') {
            Some((host, port)) if host.parse::<std::net::Ipv6Addr>().is_ok() => (host, port),
            _ => return false,
        },
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port_good = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok_and(|p| p > 0));
    let host_good = !host.is_empty()
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'))
        && !host.starts_with(['.', '-']);
    host_good && port_good && (secure || matches!(host, "localhost" | "127.0.0.1" | "::1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris() {
        for good in [
            "https://app.example/callback",
            "https://app.example",
            "https://app.example:8443/a?b=c",
            "http://localhost:12345",
            "http://127.0.0.1:1/x",
            "http://[::1]:8080/x",
            "https://[2001:db8::1]/x",
        ] {
            assert!(is_redirect_uri(good), "{good}");
        }
        for bad in [
            "",
            "/callback",
            "app.example",
            "HTTPS://app.example",
            "http://app.example/callback",
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1@evil.example/",
            "https://user@app.example/",
            "https://user:pass@app.example/",
            "https://app.example/#x",
            "https://*.app.example/",
            "https://app.example/*",
            "https://app.example\\@evil.example/",
            "https://app.example/ x",
            "https://app.example/\r\nx",
            "https://",
            "https:///x",
            "https://app.example:0/",
            "https://app.example:99999/",
            "https://app.example:x/",
            "https://[::1/x",
            "https://[zz]/x",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://app.example/",
            "https://ex\u{e4}mple/",
        ] {
            assert!(!is_redirect_uri(bad), "{bad}");
        }
    }

    #[test]
    fn what_does_not_fit_together_is_named() {
        use GrantType::{AuthorizationCode, ClientCredentials, RefreshToken};
        let with = |grants: &[GrantType], uris: &[&str], client_type| ClientDetails {
            grant_types: grants.iter().copied().collect(),
            redirect_uris: uris.iter().map(|u| (*u).to_owned()).collect(),
            client_type,
            ..ClientDetails::default()
        };
        let uri: &[&str] = &["https://app.example/cb"];
        let (confidential, public) = (ClientType::Confidential, ClientType::Public);
        let cases = [
            (ClientDetails::default(), 0),
            (with(&[ClientCredentials], &[], confidential), 0),
            (with(&[AuthorizationCode], uri, public), 0),
            (with(&[AuthorizationCode, RefreshToken], uri, public), 0),
            (with(&[ClientCredentials, AuthorizationCode, RefreshToken], uri, confidential), 0),
            (with(&[], &[], confidential), 1),
            (with(&[RefreshToken], &[], confidential), 1),
            (with(&[AuthorizationCode], &[], confidential), 1),
            (with(&[ClientCredentials], &[], public), 1),
            (with(&[AuthorizationCode], &["x"], confidential), 1),
            (with(&[AuthorizationCode, ClientCredentials], &[], public), 2),
            (ClientDetails { refresh_token_seconds: 0, ..ClientDetails::default() }, 1),
            (ClientDetails { refresh_token_seconds: LONGEST_REFRESH_TOKEN + 1, ..ClientDetails::default() }, 1),
            (with(&[AuthorizationCode], &["https://a.example/"; 21], confidential), 1),
        ];
        for (row, (details, faults)) in cases.into_iter().enumerate() {
            assert_eq!(details.faults().len(), faults, "row {row}: {:?}", details.faults());
        }
    }

    #[test]
    fn rows_of_before_read_back() {
        assert_eq!(serde_json::from_str::<ClientDetails>("{}").unwrap(), ClientDetails::default());
    }
}
