//! OAuth clients: API clients (no user) and personal access tokens (their owner's user context).

use crate::access::ScopeSet;
use crate::ids::{ApiClientId, IdentityId, PersonalAccessTokenId};
use crate::timestamp::Timestamp;

/// Requests a client may make in ten seconds, per API version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit(pub u32);

impl RateLimit {
    /// The wire's limit: 100 requests in 10 seconds.
    pub const DEFAULT: Self = Self(100);
}

/// An API client: client_credentials without a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiClient {
    pub id: ApiClientId,
    pub name: String,
    /// SHA-256 of the secret, lower-case hex.
    pub secret_sha256: String,
    pub scopes: ScopeSet,
    /// Lifetime of its access tokens, in seconds.
    pub token_seconds: i64,
    pub rate_limit: RateLimit,
    pub enabled: bool,
    pub created_at: Timestamp,
}

/// A personal access token: client_credentials with its owner's user context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalAccessToken {
    pub id: PersonalAccessTokenId,
    pub owner_id: IdentityId,
    pub name: String,
    /// SHA-256 of the secret, lower-case hex.
    pub secret_sha256: String,
    pub scopes: ScopeSet,
    /// Lifetime of its access tokens, in seconds.
    pub token_seconds: i64,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}
