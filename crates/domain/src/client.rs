//! OAuth clients: API clients (no user) and personal access tokens (their owner's user context).

mod details;

pub use details::{AccessType, ClientDetails, ClientType, GrantType};

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

/// The longest an access token may live, in seconds: 12 hours, the wire's.
pub const LONGEST_ACCESS_TOKEN: i64 = 43_200;
/// The shortest access token of a personal access token, in seconds.
pub const SHORTEST_ACCESS_TOKEN: i64 = 15;
/// An access token that a user's sign-in gave lives no longer, in seconds.
pub const LONGEST_CODE_TOKEN: i64 = 900;
/// A refresh token lives no longer, in seconds: 30 days.
pub const LONGEST_REFRESH_TOKEN: i64 = 2_592_000;
/// Personal access tokens a user may have.
pub const MOST_TOKENS: i64 = 10;
/// How long a personal access token lives when nothing is said: six months of 30.5 days, in seconds.
pub const DEFAULT_TOKEN_LIFE: i64 = 183 * 86_400;
/// The end of a personal access token that never ends: 9999-12-31T23:59:59Z.
pub const NEVER: Timestamp = Timestamp(253_402_300_799 * Timestamp::SECOND);

/// An API client: client_credentials without a user, or a program that users sign in to.
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
    pub details: ClientDetails,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
    /// To the hour; only ever set by its use.
    pub last_used_at: Option<Timestamp>,
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
    /// [`NEVER`] for one that does not end.
    pub expires_at: Timestamp,
    /// To the hour; only ever set by its use.
    pub last_used_at: Option<Timestamp>,
}

/// Which clients or tokens a list leaves: by when they were last used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastUsedFilter {
    /// Used, and not after this time.
    NotAfter(Timestamp),
    /// Never used.
    Never,
}

impl LastUsedFilter {
    #[must_use]
    pub fn takes(self, last_used: Option<Timestamp>) -> bool {
        match self {
            Self::NotAfter(time) => last_used.is_some_and(|used| used <= time),
            Self::Never => last_used.is_none(),
        }
    }
}
