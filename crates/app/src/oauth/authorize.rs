//! The authorization endpoint: from a user's sign-in to a code for the client that asked (RFC 6749 section 4.1, RFC 7636).

use std::time::Duration;

use passwright_connectors::hash::{Argon2id, HashScheme, background};
use passwright_domain::access::ScopeSet;
use passwright_domain::audit::{AuditRecord, Outcome, Trace};
use passwright_domain::canonical::canonical;
use passwright_domain::client::{ApiClient, GrantType, LONGEST_REFRESH_TOKEN};
use passwright_domain::directory::{Identity, IdentityStatus};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::audit::WriteAudit;
use passwright_storage::clients;
use passwright_storage::directory::{identities, sign_in_passwords};
use passwright_storage::oauth_grants::{CreateGrant, OauthGrant};
use passwright_storage::sign_in_failures::{ClearSignInFailures, TakeSignInAttempt};
use passwright_vault::digest::client_secret_digest;
use passwright_vault::secret::{Password, SecretText};

use crate::{Error, Service};

/// A code works so long (requirement R28).
const CODE_LIFE: Duration = Duration::from_secs(60);
/// Longest user name and password that are looked at, in bytes.
const LONGEST_NAME: usize = 256;
const LONGEST_PASSWORD: usize = 1024;

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

/// What came of a sign-in.
pub enum SignIn {
    /// The code for the client.
    Code(SecretText),
    /// The name or the password is wrong; alike for unknown and disabled users.
    Wrong,
    /// Too many wrong attempts with this name; try again after this time.
    TooMany(Duration),
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

    /// Signs a user in with their own password and gives the client a code.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sign_in_for_code(
        &self,
        request: &CheckedRequest,
        user_name: &str,
        password: Password,
        trace: &Trace,
    ) -> Result<SignIn, Error> {
        let Some(identity) = (match self.sign_in(user_name, password, trace).await? {
            Ok(identity) => identity,
            Err(wait) => return Ok(SignIn::TooMany(wait)),
        }) else {
            return Ok(SignIn::Wrong);
        };
        let code = self.new_secret();
        let now = self.clock.now();
        let object = format!("client:{}", request.client.id);
        let actor = format!("identity:{}", identity.id);
        let grant = OauthGrant {
            id: self.tracking_id(),
            client_id: request.client.id.to_string(),
            identity_id: identity.id,
            scopes: request.scopes.clone(),
            expires_at: now + Duration::from_secs(LONGEST_REFRESH_TOKEN.unsigned_abs()),
            revoked: false,
        };
        let create = CreateGrant {
            audit: self.audit_record(actor, "USER_SIGN_IN_PASSED", object, Outcome::Passed, trace, ""),
            grant,
            now,
            code_digest: client_secret_digest(&code),
            code_expires_at: now + CODE_LIFE,
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge.clone(),
        };
        self.store.write(create).await?;
        Ok(SignIn::Code(code))
    }

    /// The identity whose password this is. The attempt is counted and committed before it is compared, and an unknown
    /// name costs the same work as a known one.
    async fn sign_in(
        &self,
        user_name: &str,
        password: Password,
        trace: &Trace,
    ) -> Result<Result<Option<Identity>, Duration>, Error> {
        let now = self.clock.now();
        let user_name: String = user_name.chars().take(LONGEST_NAME).collect();
        let name_key = canonical(&user_name);
        let config = self.lockout_config().await?;
        let attempt = TakeSignInAttempt { name_key: name_key.clone(), now, config };
        let locks = match self.store.write(attempt).await? {
            Ok(locks) => locks,
            Err(wait) => {
                self.record_sign_in_failure(None, trace, "the name is locked").await?;
                return Ok(Err(wait));
            }
        };
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let identity = identities::lookup_by_alias(&mut tx, &user_name).await?;
        let stored = match &identity {
            Some(identity) => sign_in_passwords::lookup(&mut tx, &identity.id).await?,
            None => None,
        };
        drop(reader);
        let hash = match stored {
            Some((hash, _)) => hash,
            None => self.nobodys_hash().await?,
        };
        let right = password.expose().len() <= LONGEST_PASSWORD
            && background::verify(&hash, password.expose()).await.map_err(|e| Error::Internal(e.to_string()))?;
        // The stand-in is the hash of a secret that nobody knows, so `right` needs a password of the identity's own.
        match identity {
            Some(identity) if right && identity.status == IdentityStatus::Active => {
                self.store.write(ClearSignInFailures { name_key }).await?;
                Ok(Ok(Some(identity)))
            }
            other => {
                let detail = if locks { "the name is locked from now on" } else { "" };
                self.record_sign_in_failure(other.as_ref(), trace, detail).await?;
                Ok(Ok(None))
            }
        }
    }

    async fn record_sign_in_failure(
        &self,
        identity: Option<&Identity>,
        trace: &Trace,
        detail: &str,
    ) -> Result<(), Error> {
        let object = identity.map_or_else(|| "identity:unknown".to_owned(), |i| format!("identity:{}", i.id));
        let record: AuditRecord =
            self.audit_record("anonymous".to_owned(), "USER_SIGN_IN_FAILED", object, Outcome::Failed, trace, detail);
        Ok(self.store.write(WriteAudit(record)).await?)
    }

    /// A hash to compare with where there is none, made like the real ones.
    async fn nobodys_hash(&self) -> Result<String, Error> {
        let made = self.nobodys_hash.get_or_try_init(|| async {
            let secret = self.new_secret();
            let hash = background::hash(HashScheme::Argon2id(Argon2id::default()), secret.expose()).await;
            hash.map(|hash| hash.to_string()).map_err(|e| Error::Internal(e.to_string()))
        });
        made.await.cloned()
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
