//! `authorization_code` and `refresh_token` at the token endpoint, and revoking what they gave (RFC 7009).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use passwright_domain::access::ScopeSet;
use passwright_domain::audit::{AuditRecord, Outcome, Trace};
use passwright_domain::client::{ApiClient, ClientType, GrantType, LONGEST_CODE_TOKEN};
use passwright_domain::directory::IdentityStatus;
use passwright_storage::clients::{self, MarkUsed};
use passwright_storage::directory::identities;
use passwright_storage::oauth_grants::{
    self, NewRefreshToken, OauthGrant, RedeemCode, Redeemed, RevokeGrant, RotateRefreshToken,
};
use passwright_vault::digest::{client_secret_digest, client_secret_matches, sha256};
use passwright_vault::secret::SecretText;

use super::authorize::refresh_end;
use super::issue_token::{IssuedToken, NO_SECRET, Subject, TokenFault, TokenRequest, required};
use crate::{Error, Service};

const INVALID: TokenFault =
    TokenFault::InvalidGrant("the code or refresh token is unknown, used, expired or not yours");

/// A request at the revocation endpoint.
pub struct RevocationRequest {
    pub token: Option<SecretText>,
    pub client_id: Option<String>,
    pub client_secret: Option<SecretText>,
}

impl Service {
    pub(super) async fn redeem_code(&self, request: TokenRequest, trace: &Trace) -> Result<IssuedToken, TokenFault> {
        let client = self.authenticated_client(request.client_id, request.client_secret).await?;
        if !client.details.allows(GrantType::AuthorizationCode) {
            return Err(TokenFault::UnauthorizedClient);
        }
        let code = required(request.code, "code is required")?;
        let redirect_uri = required(request.redirect_uri, "redirect_uri is required")?;
        let verifier = required(request.code_verifier, "code_verifier is required")?;
        let (now, refresh) = (self.clock.now(), self.new_secret());
        let kept = NewRefreshToken { digest: client_secret_digest(&refresh), expires_at: refresh_end(&client, now) };
        let renews = client.details.allows(GrantType::RefreshToken);
        let redeem = RedeemCode {
            digest: client_secret_digest(&code),
            client_id: client.id.to_string(),
            redirect_uri,
            challenge: BASE64.encode(sha256(verifier.expose().as_bytes())),
            now,
            refresh_token: renews.then_some(kept),
            revoked: self.revoked_record(&client, trace, "an authorization code was used again or by another"),
        };
        let redeemed = self.store.write(redeem).await.map_err(Error::from)?;
        self.granted(client, redeemed, renews.then_some(refresh)).await
    }

    pub(super) async fn refresh(&self, request: TokenRequest, trace: &Trace) -> Result<IssuedToken, TokenFault> {
        let client = self.authenticated_client(request.client_id, request.client_secret).await?;
        if !client.details.allows(GrantType::RefreshToken) {
            return Err(TokenFault::UnauthorizedClient);
        }
        let token = required(request.refresh_token, "refresh_token is required")?;
        let (now, refresh) = (self.clock.now(), self.new_secret());
        let rotate = RotateRefreshToken {
            digest: client_secret_digest(&token),
            client_id: client.id.to_string(),
            now,
            refresh_token: NewRefreshToken {
                digest: client_secret_digest(&refresh),
                expires_at: refresh_end(&client, now),
            },
            revoked: self.revoked_record(&client, trace, "a refresh token was used again or by another"),
        };
        let redeemed = self.store.write(rotate).await.map_err(Error::from)?;
        self.granted(client, redeemed, Some(refresh)).await
    }

    /// Revokes everything that came of the sign-in a refresh token or an access token is of. A token that is unknown here
    /// or another client's is no error (RFC 7009 section 2.2), and nothing happens.
    ///
    /// # Errors
    /// `InvalidClient`; `UnsupportedTokenType` for an access token that no sign-in gave: it ends by itself, or with its
    /// client.
    pub async fn revoke_token(&self, request: RevocationRequest, trace: &Trace) -> Result<(), TokenFault> {
        let client = self.authenticated_client(request.client_id, request.client_secret).await?;
        let token = required(request.token, "token is required")?;
        let mut reader = self.store.read().await.map_err(Error::from)?;
        let digest = client_secret_digest(&token);
        let mut grant = oauth_grants::lookup_by_refresh_token(&mut reader.tx(), &digest).await.map_err(Error::from)?;
        if grant.is_none()
            && let Ok(claims) = self.verified_claims(token.expose())
        {
            let Some(id) = &claims.grant_id else { return Err(TokenFault::UnsupportedTokenType) };
            grant = oauth_grants::lookup(&mut reader.tx(), id).await.map_err(Error::from)?;
        }
        drop(reader);
        let Some(grant) = grant.filter(|grant| grant.client_id == client.id.as_str()) else { return Ok(()) };
        let audit = self.revoked_record(&client, trace, "by the client");
        let revoke = RevokeGrant { id: grant.id, now: self.clock.now(), audit };
        self.store.write(revoke).await.map_err(Error::from)?;
        Ok(())
    }

    /// The client of a request. One that can keep a secret must bring it; a public one is known by its name alone, and its
    /// code by the verifier.
    async fn authenticated_client(
        &self,
        client_id: Option<String>,
        secret: Option<SecretText>,
    ) -> Result<ApiClient, TokenFault> {
        let client_id = required(client_id, "client_id is required")?;
        let mut reader = self.store.read().await.map_err(Error::from)?;
        let client = clients::lookup_client(&mut reader.tx(), &client_id).await.map_err(Error::from)?;
        drop(reader);
        let stored = client.as_ref().map_or(NO_SECRET, |c| &c.secret_sha256);
        let matches = secret.map(|secret| client_secret_matches(&secret, stored));
        match (client, matches) {
            (Some(client), Some(true)) if client.enabled => Ok(client),
            (Some(client), None) if client.enabled && client.details.client_type == ClientType::Public => Ok(client),
            _ => Err(TokenFault::InvalidClient),
        }
    }

    async fn granted(
        &self,
        client: ApiClient,
        redeemed: Redeemed,
        refresh_token: Option<SecretText>,
    ) -> Result<IssuedToken, TokenFault> {
        let grant = match redeemed {
            Redeemed::Granted(grant) => grant,
            Redeemed::Unknown | Redeemed::UsedBefore | Redeemed::NotTheirs => {
                tracing::info!(client.id = %client.id, why = ?redeemed_name(&redeemed), "a grant was refused");
                return Err(INVALID);
            }
        };
        let mut reader = self.store.read().await.map_err(Error::from)?;
        let owner = identities::lookup(&mut reader.tx(), &grant.identity_id).await.map_err(Error::from)?;
        drop(reader);
        let owner = owner.filter(|o| o.status == IdentityStatus::Active).ok_or(INVALID)?;
        let noted = MarkUsed { client_id: client.id.to_string(), now: self.clock.now() };
        self.store.write(noted).await.map_err(Error::from)?;
        let scopes = effective_scopes(&grant.scopes, &client.scopes);
        let subject = Subject {
            client_id: client.id.to_string(),
            token_seconds: client.token_seconds.min(LONGEST_CODE_TOKEN),
            scopes: scopes.iter().map(ToOwned::to_owned).collect(),
            user: Some((
                owner.id.to_string(),
                owner.alias,
                owner.levels.iter().map(|l| l.as_str().to_owned()).collect(),
            )),
            grant_id: Some(grant.id),
        };
        Ok(IssuedToken { refresh_token, ..self.sign_token(subject)? })
    }

    fn revoked_record(&self, client: &ApiClient, trace: &Trace, why: &str) -> AuditRecord {
        let actor = format!("client:{}", client.id);
        self.audit_record(actor.clone(), "OAUTH_GRANT_REVOKED", actor, Outcome::Passed, trace, why)
    }
}

fn redeemed_name(redeemed: &Redeemed) -> &'static str {
    match redeemed {
        Redeemed::Granted(OauthGrant { .. }) => "granted",
        Redeemed::Unknown => "unknown or expired",
        Redeemed::UsedBefore => "used before",
        Redeemed::NotTheirs => "another client, address or verifier",
    }
}

/// What was granted and is still the client's to have.
pub(super) fn effective_scopes(granted: &ScopeSet, of_client: &ScopeSet) -> ScopeSet {
    if granted.has("sp:scopes:all") && !of_client.has("sp:scopes:all") {
        return of_client.clone();
    }
    granted.iter().filter(|scope| of_client.grants(&[scope])).collect()
}
