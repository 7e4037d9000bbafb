//! From a bearer token to the caller. The signature of a token is checked once and remembered; whether its client still
//! exists and may act is read from the database at every request, so a revocation takes effect at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use passwright_domain::access::{ApiVersion, Caller, Principal};
use passwright_domain::audit::Trace;
use passwright_domain::client::{ApiClient, GrantType, RateLimit};
use passwright_domain::directory::IdentityStatus;
use passwright_domain::ids::ApiClientId;
use passwright_storage::oauth_grants::{self, OauthGrant};
use passwright_storage::{clients, directory::identities};
use passwright_vault::digest::sha256;
use passwright_vault::token::{Expected, TokenFault, TokenType};

use super::Claims;
use super::redeem::effective_scopes;
use crate::{Error, Service};

/// Remembered tokens; at this many all are forgotten and checked anew.
const REMEMBERED: usize = 10_000;

/// Tokens whose signature was found good, by their SHA-256.
#[derive(Default)]
pub struct TokenCache(Mutex<HashMap<[u8; 32], Arc<Claims>>>);

impl Service {
    /// Recognises the caller of a request and counts it against its client's rate limit.
    ///
    /// # Errors
    /// `Unauthenticated` when the token is absent, damaged, expired, not ours, or its client may no longer act;
    /// `TooManyRequests` over the limit.
    pub async fn authenticate(
        &self,
        bearer: Option<&str>,
        api_version: ApiVersion,
        trace: impl Into<Trace>,
    ) -> Result<Caller, Error> {
        let (caller, limit) = self.recognise(bearer, api_version, trace).await?;
        self.count_request(caller.client_id(), api_version, limit).await?;
        Ok(caller)
    }

    /// Recognises the caller without counting: for the later looks of a request that lasts.
    ///
    /// # Errors
    /// `Unauthenticated` as [`authenticate`](Self::authenticate).
    pub async fn recognise(
        &self,
        bearer: Option<&str>,
        api_version: ApiVersion,
        trace: impl Into<Trace>,
    ) -> Result<(Caller, RateLimit), Error> {
        let token = bearer.filter(|t| !t.is_empty()).ok_or(Error::Unauthenticated("JWT is required"))?;
        let claims = self.verified_claims(token)?;
        let gone = Error::Unauthenticated("JWT validation failed: the client may not act");
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let (principal, scopes, limit) = if let Some(grant_id) = &claims.grant_id {
            let grant = oauth_grants::lookup(&mut tx, grant_id).await?;
            let now = self.clock.now();
            let alive = |g: &OauthGrant| !g.revoked && g.expires_at > now && g.client_id == claims.client_id;
            let Some(grant) = grant.filter(alive) else { return Err(gone) };
            let client = clients::lookup_client(&mut tx, &claims.client_id).await?;
            let usable = |c: &ApiClient| c.enabled && c.details.allows(GrantType::AuthorizationCode);
            let Some(client) = client.filter(usable) else { return Err(gone) };
            let user = identities::lookup(&mut tx, &grant.identity_id).await?;
            let Some(user) = user.filter(|u| u.status == IdentityStatus::Active) else { return Err(gone) };
            let principal = Principal::User {
                client_id: claims.client_id.clone(),
                identity_id: user.id,
                alias: user.alias,
                levels: user.levels,
            };
            (principal, effective_scopes(&grant.scopes, &client.scopes), client.rate_limit)
        } else if claims.client_id.parse::<ApiClientId>().is_ok() {
            let by_itself = |c: &ApiClient| c.enabled && c.details.allows(GrantType::ClientCredentials);
            let Some(client) = clients::lookup_client(&mut tx, &claims.client_id).await?.filter(by_itself) else {
                return Err(gone);
            };
            (Principal::ApiClient { client_id: claims.client_id.clone() }, client.scopes, client.rate_limit)
        } else {
            let token = clients::lookup_token(&mut tx, &claims.client_id).await?;
            let Some(token) = token.filter(|t| t.expires_at > self.clock.now()) else { return Err(gone) };
            let owner = identities::lookup(&mut tx, &token.owner_id).await?;
            let Some(owner) = owner.filter(|o| o.status == IdentityStatus::Active) else { return Err(gone) };
            let principal = Principal::User {
                client_id: claims.client_id.clone(),
                identity_id: owner.id,
                alias: owner.alias,
                levels: owner.levels,
            };
            (principal, token.scopes, RateLimit::DEFAULT)
        };
        Ok((Caller { principal, scopes, api_version, tracking_id: trace.into() }, limit))
    }

    pub(super) fn verified_claims(&self, token: &str) -> Result<Arc<Claims>, Error> {
        let key = sha256(token.as_bytes());
        let now = self.clock.now();
        let remembered = self.tokens.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(claims) = remembered {
            if claims.exp > now.seconds() {
                return Ok(claims);
            }
            return Err(Error::Unauthenticated("JWT validation failed: JWT is expired"));
        }
        let url = &self.settings.public_url;
        let expected = Expected { typ: TokenType::Access, issuer: url, audience: url };
        let claims: Claims =
            self.keys.signing()?.verifier.verify(token, &expected, now).map_err(|fault| match fault {
                TokenFault::Expired => Error::Unauthenticated("JWT validation failed: JWT is expired"),
                _ => Error::Unauthenticated("JWT validation failed: JWT is not valid"),
            })?;
        let claims = Arc::new(claims);
        let mut cache = self.tokens.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= REMEMBERED {
            cache.clear();
        }
        cache.insert(key, claims.clone());
        Ok(claims)
    }
}
