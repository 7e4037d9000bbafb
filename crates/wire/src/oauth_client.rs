//! API clients, as `/oauth-clients` reads and writes them.
//!
//! The type that holds the secret does not show it in `Debug`.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }
    };
}

names!(
    /// How a client may get tokens.
    GrantType {
        /// With its own secret, for itself.
        ClientCredentials,
        /// For a user who signs in.
        AuthorizationCode,
        /// Again, after a user signed in once.
        RefreshToken,
    }
);
names!(
    /// Whether a client works while its user is away.
    AccessType {
        /// It does not.
        Online,
        /// It does.
        Offline,
    }
);
names!(
    /// Whether a client can keep a secret.
    ClientType {
        /// It can.
        Confidential,
        /// It cannot.
        Public,
    }
);

/// Body of `POST /oauth-clients`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateOauthClientRequest {
    /// Unique.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Whose it is.
    #[serde(default)]
    pub business_name: Option<String>,
    /// Where to read about it.
    #[serde(default)]
    pub homepage_url: Option<String>,
    /// 1 to 43,200.
    pub access_token_validity_seconds: i64,
    /// 1 to 2,592,000; a day when absent.
    #[serde(default)]
    pub refresh_token_validity_seconds: Option<i64>,
    /// Where a user's browser may be sent with a code; compared as strings.
    #[serde(default)]
    pub redirect_uris: Option<Vec<String>>,
    /// At least one.
    pub grant_types: Vec<GrantType>,
    /// Told to clients.
    pub access_type: AccessType,
    /// `CONFIDENTIAL` when absent.
    #[serde(rename = "type", default)]
    pub client_type: Option<ClientType>,
    /// A disabled client gets no token.
    pub enabled: bool,
    /// Told to clients.
    #[serde(default)]
    pub strong_auth_supported: Option<bool>,
    /// Told to clients.
    #[serde(default)]
    pub claims_supported: Option<bool>,
    /// `sp:scopes:all` when absent.
    #[serde(default)]
    pub scope: Option<Vec<String>>,
}

/// An API client; the secret is there in the answer to its creation alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OauthClient {
    /// UUID.
    pub id: String,
    /// 64 hex digits, once.
    pub secret: Option<String>,
    /// Whose it is.
    pub business_name: String,
    /// Where to read about it.
    pub homepage_url: String,
    /// Unique.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Lifetime of its access tokens.
    pub access_token_validity_seconds: i64,
    /// Lifetime of its refresh tokens.
    pub refresh_token_validity_seconds: i64,
    /// Where a user's browser may be sent with a code.
    pub redirect_uris: Vec<String>,
    /// How it may get tokens.
    pub grant_types: Vec<GrantType>,
    /// Told to clients.
    pub access_type: AccessType,
    /// Whether it can keep a secret.
    #[serde(rename = "type")]
    pub client_type: ClientType,
    /// Always false: the service has no clients of its own.
    pub internal: bool,
    /// A disabled client gets no token.
    pub enabled: bool,
    /// Told to clients.
    pub strong_auth_supported: bool,
    /// Told to clients.
    pub claims_supported: bool,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub modified: String,
    /// RFC 3339, to the hour; `null` when never.
    pub last_used: Option<String>,
    /// Always `null`.
    pub metadata: Option<String>,
    /// What its tokens may do.
    pub scope: Vec<String>,
}

impl fmt::Debug for OauthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OauthClient").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}
