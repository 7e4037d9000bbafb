//! Personal access tokens, as `/personal-access-tokens` reads and writes them.
//!
//! The type that holds the secret does not show it in `Debug`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Body of `POST /personal-access-tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatePersonalAccessTokenRequest {
    /// Unique among its owner's.
    pub name: String,
    /// `sp:scopes:all` when absent.
    #[serde(default)]
    pub scope: Option<Vec<String>>,
    /// 15 to 43,200, the default.
    #[serde(default)]
    pub access_token_validity_seconds: Option<i64>,
    /// RFC 3339, in the future.
    #[serde(default)]
    pub expiration_date: Option<String>,
    /// Must be true, from v2025 on, when there is no date.
    #[serde(default)]
    pub user_aware_token_never_expires: Option<bool>,
}

/// Whose a token is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenOwner {
    /// Always `IDENTITY`.
    #[serde(rename = "type")]
    pub kind: String,
    /// 32 hex digits.
    pub id: String,
    /// The login name.
    pub name: String,
}

/// Answer of `POST /personal-access-tokens`: the only one with the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatedPersonalAccessToken {
    /// 32 hex digits; the client id at the token endpoint.
    pub id: String,
    /// 64 hex digits.
    pub secret: String,
    /// What it may do within its owner's level.
    pub scope: Vec<String>,
    /// Unique among its owner's.
    pub name: String,
    /// Whose it is.
    pub owner: TokenOwner,
    /// RFC 3339.
    pub created: String,
    /// Lifetime of its access tokens.
    pub access_token_validity_seconds: i64,
    /// RFC 3339; the end of the year 9999 for one that never ends, because the SDKs want a date here.
    pub expiration_date: String,
}

impl fmt::Debug for CreatedPersonalAccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedPersonalAccessToken").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A personal access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonalAccessToken {
    /// 32 hex digits.
    pub id: String,
    /// Unique among its owner's.
    pub name: String,
    /// What it may do within its owner's level.
    pub scope: Vec<String>,
    /// Whose it is.
    pub owner: TokenOwner,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339, to the hour; `null` when never.
    pub last_used: Option<String>,
    /// Always false: the service makes none of its own.
    pub managed: bool,
    /// Lifetime of its access tokens.
    pub access_token_validity_seconds: i64,
    /// RFC 3339; `null` for one that never ends.
    pub expiration_date: Option<String>,
    /// Whether it never ends.
    pub user_aware_token_never_expires: bool,
}
