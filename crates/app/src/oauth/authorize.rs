//! The authorization endpoint: from a user's sign-in to a code for the client that asked (RFC 6749 section 4.1, RFC 7636).

use std::time::Duration;

use passwright_domain::access::ScopeSet;
use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::client::{ApiClient, GrantType, LONGEST_REFRESH_TOKEN};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::clients;
use passwright_storage::oauth_grants::{CreateGrant, OauthGrant};
use passwright_vault::digest::client_secret_digest;
use passwright_vault::secret::SecretText;

use crate::sessions::Session;
use crate::{Error, Service};

/// A code works so long (requirement R28).
const CODE_LIFE: Duration = Duration::from_secs(60);

/// The parameters of a request at the authorization endpoint, as they came.
#[derive(Debug, Clone, Default)]
pub struct AuthorizationRequest {
    pub response_type: Option<String>,
    pub client_id: Option<String>,
    pub redirect_uri: Option<String>,
    pub scope: Option<String>,
    pub state: Option<String>,
    pub code_challenge: Option<String>,
    pub code_challenge_method: Option<String>,
}

/// Why no code was given.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizationFault {
    /// The client or the redirect URI is wrong: the user is told here, and sent nowhere.
    #[error("{0}")]
    Untrusted(&'static str),
    /// The client is told at its redirect URI; the first text is the code of RFC 6749 section 4.1.2.1.
    #[error("{1}")]
    ToClient(&'static str, &'static str),
    #[error(transparent)]
    Service(#[from] Error),
}

/// A request that may be granted: its client and redirect URI are known to belong together.
pub struct CheckedRequest {
    client: ApiClient,
    scopes: ScopeSet,
    challenge: String,
    pub redirect_uri: String,
    pub state: Option<String>,
}

impl CheckedRequest {
    #[must_use]
    pub fn client_name(&self) -> &str {
        &self.client.name
    }
}

impl Service {
    /// Checks a request before a user is asked for anything.
    ///
    /// # Errors
    /// [`AuthorizationFault`]: whether the client may be told depends on which.
    pub async fn check_authorization(
        &self,
        request: &AuthorizationRequest,
    ) -> Result<CheckedRequest, AuthorizationFault> {
        use AuthorizationFault::{ToClient, Untrusted};
        let unknown = Untrusted("the application is not known here");
        let Some(client_id) = &request.client_id else { return Err(unknown) };
        let mut reader = self.store.read().await.map_err(Error::from)?;
        let client = clients::lookup_client(&mut reader.tx(), client_id).await.map_err(Error::from)?;
        drop(reader);
        let usable = |c: &ApiClient| c.enabled && c.details.allows(GrantType::AuthorizationCode);
        let client = client.filter(usable).ok_or(unknown)?;
        let redirect_uri = request.redirect_uri.clone().unwrap_or_default();
        if !client.details.redirect_uris.contains(&redirect_uri) {
            return Err(Untrusted("the application asked to return to an address that is not registered for it"));
        }
        match request.response_type.as_deref() {
            Some("code") => {}
            None => return Err(ToClient("invalid_request", "response_type is required")),
            Some(_) => return Err(ToClient("unsupported_response_type", "response_type must be code")),
        }
        if request.code_challenge_method.as_deref() != Some("S256") {
            return Err(ToClient("invalid_request", "code_challenge_method must be S256"));
        }
        let challenge = request.code_challenge.clone().unwrap_or_default();
        if !is_challenge(&challenge) {
            return Err(ToClient("invalid_request", "code_challenge must be 43 base64url characters"));
        }
        let asked: Option<Vec<&str>> =
            request.scope.as_deref().map(|s| s.split(' ').filter(|s| !s.is_empty()).collect());
        let scopes = match asked {
            Some(asked) if !asked.is_empty() => {
                if !asked.iter().all(|scope| client.scopes.grants(&[scope])) {
                    return Err(ToClient("invalid_scope", "the client may not have all of these scopes"));
                }
                asked.into_iter().collect()
            }
            _ => client.scopes.clone(),
        };
        Ok(CheckedRequest { client, scopes, challenge, redirect_uri, state: request.state.clone() })
    }

    /// Gives the client a code for the person of a session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn grant_code(
        &self,
        request: &CheckedRequest,
        session: &Session,
        trace: &Trace,
    ) -> Result<SecretText, Error> {
        let code = self.new_secret();
        let now = self.clock.now();
        let object = format!("client:{}", request.client.id);
        let identity = &session.identity;
        let actor = format!("identity:{}", identity.id);
        let grant = OauthGrant {
            id: self.tracking_id(),
            client_id: request.client.id.to_string(),
            identity_id: identity.id.clone(),
            scopes: request.scopes.clone(),
            expires_at: now + Duration::from_secs(LONGEST_REFRESH_TOKEN.unsigned_abs()),
            revoked: false,
        };
        let create = CreateGrant {
            audit: self.audit_record(actor, "OAUTH_CODE_GRANTED", object, Outcome::Passed, trace, ""),
            grant,
            now,
            code_digest: client_secret_digest(&code),
            code_expires_at: now + CODE_LIFE,
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge.clone(),
        };
        self.store.write(create).await?;
        Ok(code)
    }
}

/// The base64url form of a SHA-256, without padding.
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// When a refresh token of a client made now ends.
pub(super) fn refresh_end(client: &ApiClient, now: Timestamp) -> Timestamp {
    now + Duration::from_secs(client.details.refresh_token_seconds.unsigned_abs())
}
