//! OAuth 2.0 (RFC 6749): token answers and error bodies.
//!
//! Types that hold a token do not show it in `Debug`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Answer of `POST /oauth/token`. The SDKs want exactly status 200 and whole numbers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The access token; a signed JWT, opaque to callers.
    pub access_token: String,
    /// Always `bearer`.
    pub token_type: String,
    /// Only for clients with the refresh grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Seconds the access token still lives.
    pub expires_in: u64,
    /// Granted scopes, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// `ONLINE` or `OFFLINE`.
    #[serde(rename = "accessType", skip_serializing_if = "Option::is_none")]
    pub access_type: Option<String>,
    /// The tenant's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// Whether the client belongs to the service itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal: Option<bool>,
    /// The installation the tenant lives in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
    /// Whether the client can ask for strong authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strong_auth_supported: Option<bool>,
    /// The tenant's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// Id of the sign-in user; absent for an API client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Id of the user's identity; absent for an API client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// The user's login name; absent for an API client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// Whether the user signed in strongly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strong_auth: Option<bool>,
    /// Whether the user is enabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The token's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

impl TokenResponse {
    /// A bearer token that lives `expires_in` seconds; everything else absent.
    #[must_use]
    pub fn bearer(access_token: String, expires_in: u64) -> Self {
        Self {
            access_token,
            token_type: "bearer".to_owned(),
            refresh_token: None,
            expires_in,
            scope: None,
            access_type: None,
            tenant_id: None,
            internal: None,
            pod: None,
            strong_auth_supported: None,
            org: None,
            user_id: None,
            identity_id: None,
            user_name: None,
            strong_auth: None,
            enabled: None,
            jti: None,
        }
    }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("token_type", &self.token_type)
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .field("jti", &self.jti)
            .finish_non_exhaustive()
    }
}

/// Error body of the OAuth endpoints (RFC 6749 section 5.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthError {
    /// What went wrong.
    pub error: OAuthErrorCode,
    /// Plain words for the developer of the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

/// Codes of an [`OAuthError`]: RFC 6749 sections 4.1.2.1 and 5.2, RFC 7009 section 2.2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OAuthErrorCode {
    /// A parameter is missing, doubled or malformed.
    InvalidRequest,
    /// Unknown client or wrong secret.
    InvalidClient,
    /// The code or refresh token is unknown, used or expired.
    InvalidGrant,
    /// The client may not use this grant.
    UnauthorizedClient,
    /// The server has no such grant.
    UnsupportedGrantType,
    /// The server cannot revoke or inspect such a token.
    UnsupportedTokenType,
    /// The server has no such response type.
    UnsupportedResponseType,
    /// A scope is unknown or more than was granted.
    InvalidScope,
    /// The user or the server refused.
    AccessDenied,
    /// A fault of the server.
    ServerError,
    /// The server is overloaded.
    TemporarilyUnavailable,
    /// A code this version does not know; never sent.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_json() {
        let mut token = TokenResponse::bearer("a.b.c".into(), 749);
        let json = r#"{"access_token":"a.b.c","token_type":"bearer","expires_in":749}"#;
        assert_eq!(serde_json::to_string(&token).unwrap(), json);
        token.access_type = Some("OFFLINE".into());
        token.strong_auth = Some(false);
        assert_eq!(
            serde_json::to_string(&token).unwrap(),
            concat!(
                r#"{"access_token":"a.b.c","token_type":"bearer","expires_in":749,"#,
                r#""accessType":"OFFLINE","strong_auth":false}"#
            )
        );
        assert!(!format!("{token:?}").contains("a.b.c"));
    }

    #[test]
    fn error_json() {
        let error = OAuthError { error: OAuthErrorCode::InvalidClient, error_description: None };
        assert_eq!(serde_json::to_string(&error).unwrap(), r#"{"error":"invalid_client"}"#);
        let foreign: OAuthError = serde_json::from_str(r#"{"error":"slow_down","x":1}"#).unwrap();
        assert_eq!(foreign.error, OAuthErrorCode::Unknown);
    }
}
