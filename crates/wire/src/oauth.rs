//! OAuth 2.0 (RFC 6749): token answers, error bodies, server metadata (RFC 8414) and the claims of an access token.
//!
//! Types that hold a token do not show it in `Debug`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::scope::ScopeSet;

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

/// `GET /.well-known/oauth-authorization-server` (RFC 8414 section 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerMetadata {
    /// The server's URL.
    pub issuer: String,
    /// Where users authorise clients.
    pub authorization_endpoint: String,
    /// Where clients get tokens.
    pub token_endpoint: String,
    /// Where the public signing keys are.
    pub jwks_uri: String,
    /// Where tokens are revoked (RFC 7009).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// Where tokens are inspected (RFC 7662).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    /// Known scopes.
    pub scopes_supported: Vec<String>,
    /// Known response types.
    pub response_types_supported: Vec<String>,
    /// Known grants.
    pub grant_types_supported: Vec<String>,
    /// How clients may prove themselves at the token endpoint.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// PKCE methods (RFC 7636).
    pub code_challenge_methods_supported: Vec<String>,
}

/// `GET /oauth/info`: where to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OAuthInfo {
    /// The tenant's id.
    pub tenant_id: String,
    /// The tenant's name.
    pub tenant_name: String,
    /// Where users authorise clients.
    pub authorize_endpoint: String,
    /// Where clients get tokens.
    pub token_endpoint: String,
    /// The service's own URL.
    pub cloud_domain_url: String,
    /// Where users sign out.
    pub logout_url: String,
    /// The installation the tenant lives in.
    pub pod: String,
}

/// Claims of an access token. `user_id`, `identity_id` and `user_name` are absent for an API client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenClaims {
    /// The server's URL (RFC 7519 section 4.1.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Whom the token is for (RFC 7519 section 4.1.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
    /// The identity or the client (RFC 7519 section 4.1.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The tenant's id.
    pub tenant_id: String,
    /// Whether the client belongs to the service itself.
    #[serde(default)]
    pub internal: bool,
    /// The installation the tenant lives in.
    pub pod: String,
    /// The tenant's name.
    pub org: String,
    /// Id of the user's identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    /// The user's login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// Id of the sign-in user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Whether the user signed in strongly.
    #[serde(default)]
    pub strong_auth: bool,
    /// Whether the client can ask for strong authentication.
    #[serde(default)]
    pub strong_auth_supported: bool,
    /// User levels, such as `ORG_ADMIN`; `API` for an API client.
    #[serde(default)]
    pub authorities: Vec<String>,
    /// Whether the user is enabled.
    #[serde(default)]
    pub enabled: bool,
    /// The OAuth client, or the personal access token's id.
    pub client_id: String,
    /// `ONLINE` or `OFFLINE`.
    #[serde(rename = "accessType")]
    pub access_type: String,
    /// Granted scopes.
    #[serde(default)]
    pub scope: ScopeSet,
    /// Issued at, seconds since 1970 (RFC 7519 section 4.1.6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<u64>,
    /// Ends at, seconds since 1970 (RFC 7519 section 4.1.4).
    pub exp: u64,
    /// The token's id.
    pub jti: String,
    /// In a refresh token: the `jti` of its access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ati: Option<String>,
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

    #[test]
    fn claims_json() {
        let json = concat!(
            r#"{"tenant_id":"58eb0646","internal":true,"pod":"local","org":"acme","identity_id":"ff80818155fe8c08","#,
            r#""user_name":"Abby.Smith","user_id":"595826","strong_auth":true,"strong_auth_supported":true,"#,
            r#""authorities":["ORG_ADMIN"],"enabled":true,"client_id":"fNMsJ7sE","accessType":"OFFLINE","#,
            r#""scope":["sp:scopes:all"],"exp":1602609060,"jti":"a1"}"#
        );
        let claims: TokenClaims = serde_json::from_str(json).unwrap();
        assert!(claims.scope.allows(&crate::Scope::PasswordChangeManage));
        assert_eq!(serde_json::to_string(&claims).unwrap(), json);
    }
}
