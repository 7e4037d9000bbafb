//! `client_credentials` for API clients (no user) and personal access tokens (their owner's user context).

use std::time::Duration;

use passwright_domain::audit::Trace;
use passwright_domain::client::GrantType;
use passwright_domain::directory::IdentityStatus;
use passwright_domain::ids::{ApiClientId, PersonalAccessTokenId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::clients::{self, MarkUsed};
use passwright_storage::directory::identities;
use passwright_vault::digest::client_secret_matches;
use passwright_vault::secret::SecretText;
use passwright_vault::token::TokenType;
use serde::{Deserialize, Serialize};

use crate::{Error, Service};

/// Compared with when a client is unknown, so that the answer takes the same work.
pub(super) const NO_SECRET: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A request at the token endpoint, from whichever of its shapes.
#[derive(Default)]
pub struct TokenRequest {
    pub grant_type: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<SecretText>,
    pub code: Option<SecretText>,
    pub redirect_uri: Option<String>,
    pub code_verifier: Option<SecretText>,
    pub refresh_token: Option<SecretText>,
}

/// A parameter that must be there.
pub(super) fn required<T>(value: Option<T>, message: &'static str) -> Result<T, TokenFault> {
    value.ok_or(TokenFault::InvalidRequest(message))
}

/// Why no token was issued; the names of RFC 6749 section 5.2.
#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    #[error("{0}")]
    InvalidRequest(&'static str),
    #[error("the client id or secret is wrong")]
    InvalidClient,
    #[error("{0}")]
    InvalidGrant(&'static str),
    #[error("such a token cannot be revoked")]
    UnsupportedTokenType,
    #[error("the client may not use this grant type")]
    UnauthorizedClient,
    #[error("the grant type is not supported")]
    UnsupportedGrantType,
    #[error(transparent)]
    Service(#[from] Error),
}

/// Claims of an access token: RFC 9068's and the vendor's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: String,
    pub client_id: String,
    pub jti: String,
    pub iat: i64,
    pub exp: i64,
    pub tenant_id: String,
    pub org: String,
    pub pod: String,
    pub internal: bool,
    pub enabled: bool,
    pub strong_auth: bool,
    pub strong_auth_supported: bool,
    #[serde(rename = "accessType")]
    pub access_type: String,
    pub authorities: Vec<String>,
    pub scope: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The sign-in it came of; absent for client_credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_id: Option<String>,
}

/// A signed access token and what it says.
pub struct IssuedToken {
    pub access_token: SecretText,
    pub refresh_token: Option<SecretText>,
    pub claims: Claims,
}

/// What a token is signed for.
pub(super) struct Subject {
    pub(super) client_id: String,
    pub(super) token_seconds: i64,
    pub(super) scopes: Vec<String>,
    /// Identity id, login name, levels.
    pub(super) user: Option<(String, String, Vec<String>)>,
    pub(super) grant_id: Option<String>,
}

struct Grantee {
    secret_sha256: String,
    token_seconds: i64,
    scopes: Vec<String>,
    /// Identity id, login name, levels.
    user: Option<(String, String, Vec<String>)>,
    usable: bool,
    /// Whether it may use client_credentials.
    by_itself: bool,
    last_used_at: Option<Timestamp>,
}

/// A use is noted once in this time.
const NOTED_AGAIN: Duration = Duration::from_secs(3600);

impl Service {
    /// Issues an access token.
    ///
    /// # Errors
    /// `InvalidClient` alike for an unknown, disabled or expired client and a wrong secret.
    pub async fn issue_token(&self, request: TokenRequest, trace: &Trace) -> Result<IssuedToken, TokenFault> {
        let grant = required(request.grant_type.as_deref(), "grant_type is required")?;
        match grant.to_ascii_lowercase().as_str() {
            "client_credentials" => self.issue_by_secret(request).await,
            "authorization_code" => self.redeem_code(request, trace).await,
            "refresh_token" => self.refresh(request, trace).await,
            _ => Err(TokenFault::UnsupportedGrantType),
        }
    }

    async fn issue_by_secret(&self, request: TokenRequest) -> Result<IssuedToken, TokenFault> {
        let client_id = required(request.client_id, "client_id is required")?;
        let secret = required(request.client_secret, "client_secret is required")?;
        let grantee = self.lookup_grantee(&client_id).await?;
        let stored = grantee.as_ref().map_or(NO_SECRET, |g| &g.secret_sha256);
        let matches = client_secret_matches(&secret, stored);
        match grantee {
            Some(grantee) if matches && grantee.usable && !grantee.by_itself => Err(TokenFault::UnauthorizedClient),
            Some(grantee) if matches && grantee.usable => {
                self.note_use(&client_id, grantee.last_used_at).await;
                let Grantee { token_seconds, scopes, user, .. } = grantee;
                Ok(self.sign_token(Subject { client_id, token_seconds, scopes, user, grant_id: None })?)
            }
            _ => {
                tracing::info!(client.id = %client_id.chars().take(40).collect::<String>(), "a token was refused");
                Err(TokenFault::InvalidClient)
            }
        }
    }

    async fn lookup_grantee(&self, client_id: &str) -> Result<Option<Grantee>, Error> {
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        if client_id.parse::<ApiClientId>().is_ok() {
            let client = clients::lookup_client(&mut tx, client_id).await?;
            return Ok(client.map(|c| Grantee {
                secret_sha256: c.secret_sha256,
                token_seconds: c.token_seconds,
                scopes: c.scopes.iter().map(ToOwned::to_owned).collect(),
                user: None,
                usable: c.enabled,
                by_itself: c.details.allows(GrantType::ClientCredentials),
                last_used_at: c.last_used_at,
            }));
        }
        if client_id.parse::<PersonalAccessTokenId>().is_err() {
            return Ok(None);
        }
        let Some(token) = clients::lookup_token(&mut tx, client_id).await? else { return Ok(None) };
        let Some(owner) = identities::lookup(&mut tx, &token.owner_id).await? else { return Ok(None) };
        Ok(Some(Grantee {
            secret_sha256: token.secret_sha256,
            token_seconds: token.token_seconds,
            scopes: token.scopes.iter().map(ToOwned::to_owned).collect(),
            usable: owner.status == IdentityStatus::Active && token.expires_at > self.clock.now(),
            by_itself: true,
            last_used_at: token.last_used_at,
            user: Some((
                owner.id.to_string(),
                owner.alias,
                owner.levels.iter().map(|l| l.as_str().to_owned()).collect(),
            )),
        }))
    }

    /// A token is given all the same when this cannot be written down.
    async fn note_use(&self, client_id: &str, before: Option<Timestamp>) {
        let now = self.clock.now();
        if before.is_some_and(|before| now.since(before) < NOTED_AGAIN) {
            return;
        }
        if let Err(error) = self.store.write(MarkUsed { client_id: client_id.to_owned(), now }).await {
            tracing::warn!(client.id = client_id, error = %error, "the use of a client was not noted");
        }
    }

    pub(super) fn sign_token(&self, subject: Subject) -> Result<IssuedToken, Error> {
        let now = self.clock.now().seconds();
        let (user, authorities) = match subject.user {
            Some((id, name, levels)) => (Some((id, name)), levels),
            None => (None, vec!["API".to_owned()]),
        };
        let claims = Claims {
            iss: self.settings.public_url.clone(),
            aud: self.settings.public_url.clone(),
            sub: user.as_ref().map_or_else(|| subject.client_id.clone(), |(id, _)| id.clone()),
            client_id: subject.client_id,
            jti: self.tracking_id(),
            iat: now,
            exp: now + subject.token_seconds,
            tenant_id: self.settings.org.clone(),
            org: self.settings.org.clone(),
            pod: self.settings.pod.clone(),
            internal: false,
            enabled: true,
            strong_auth: false,
            strong_auth_supported: false,
            access_type: "OFFLINE".to_owned(),
            authorities,
            scope: subject.scopes,
            user_id: user.as_ref().map(|(id, _)| id.clone()),
            identity_id: user.as_ref().map(|(id, _)| id.clone()),
            user_name: user.map(|(_, name)| name),
            grant_id: subject.grant_id,
        };
        let signing = self.keys.signing()?;
        let access_token =
            signing.signer.sign(TokenType::Access, &claims).map_err(|e| Error::Internal(e.to_string()))?;
        Ok(IssuedToken { access_token, refresh_token: None, claims })
    }

    /// The public keys that verify our tokens (RFC 7517).
    ///
    /// # Errors
    /// `Internal` before the keys were loaded.
    pub fn jwks(&self) -> Result<serde_json::Value, Error> {
        Ok(self.keys.signing()?.verifier.jwks())
    }
}
