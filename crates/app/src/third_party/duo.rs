//! Duo: the signed request that a browser goes there with, and what its return is worth.
//!
//! `state` and `nonce` are of one step of one flow, computed from a key outside the database and stored nowhere.

use passwright_connectors::Credential;
use passwright_connectors::notify::provider::ProviderRequest;
use passwright_connectors::notify::third_party::duo::{Exchange, audience, authorize_url, token_endpoint};
use passwright_domain::factors::THIRD_PARTY_LIFE;
use passwright_domain::id_token::{Expected, check};
use passwright_domain::mfa::{MfaMethod, MfaProvider};
use passwright_domain::timestamp::Timestamp;
use passwright_vault::client_assertion::{hs512_assertion, hs512_claims};
use passwright_vault::factors::Of;
use passwright_vault::secret::SecretText;
use serde_json::{Value, json};

use super::{Asking, LONGEST, RETURN_PATH, log_unanswered};
use crate::mfa::SECRET_KEY;
use crate::{Error, Service};

const METHOD: MfaMethod = MfaMethod::DuoWeb;

/// What is needed of the configuration.
struct Duo<'a> {
    host: &'a str,
    client_id: &'a str,
    secret: SecretText,
}

impl Service {
    fn duo<'a>(&self, provider: &'a MfaProvider) -> Result<Duo<'a>, Error> {
        let (Some(host), Some(client_id), Some(sealed)) =
            (&provider.host, &provider.integration_key, &provider.sealed_secret_key)
        else {
            return Err(Error::Internal("duo-web is enabled and incomplete".to_owned()));
        };
        Ok(Duo { host, client_id, secret: self.open_mfa(METHOD, SECRET_KEY, sealed)? })
    }

    fn duo_assertion(&self, duo: &Duo<'_>, audience: &str) -> Credential {
        let now = self.clock.now();
        let claims = json!({
            "iss": duo.client_id,
            "sub": duo.client_id,
            "aud": audience,
            "iat": now.seconds(),
            "exp": (now + THIRD_PARTY_LIFE).seconds(),
            "jti": self.tracking_id(),
        });
        Credential::new(hs512_assertion(&duo.secret, &claims.to_string()).expose().to_owned())
    }

    fn of_step(&self, what: &str, asking: Asking<'_>) -> SecretText {
        let id = format!("duo {what}/{}/{}", asking.flow.as_str(), asking.step);
        self.proofs.mailed.secret(Of::Challenge, &id)
    }

    fn duo_redirect_uri(&self) -> String {
        format!("{}{RETURN_PATH}", self.settings.public_url)
    }

    /// Whether `state` is that of this step of this flow.
    pub(crate) fn is_duo_state(&self, asking: Asking<'_>, state: &SecretText) -> bool {
        self.of_step("state", asking).ct_eq(state)
    }

    /// The question whether Duo takes our key.
    pub(crate) fn duo_check(&self, provider: &MfaProvider) -> Result<ProviderRequest, Error> {
        let duo = self.duo(provider)?;
        let assertion = self.duo_assertion(&duo, &ProviderRequest::duo_audience(duo.host));
        Ok(ProviderRequest::Duo { client_id: duo.client_id.to_owned(), assertion })
    }

    /// Whether Duo answers and takes our key; asked before a browser is sent there.
    pub(crate) async fn duo_is_well(&self, provider: &MfaProvider) -> Result<bool, Error> {
        let request = self.duo_check(provider)?;
        let host = provider.host.as_deref().unwrap_or_default();
        let asked = tokio::time::timeout(LONGEST, self.outbound.webhooks.check_provider(host, &request)).await;
        let fault = match asked {
            Ok(Ok(())) => return Ok(true),
            Ok(Err(why)) => why,
            Err(_) => "it did not answer in time".to_owned(),
        };
        tracing::warn!(mfa.method = METHOD.as_str(), reason = %fault, "nobody is sent to duo: its health check failed");
        Ok(false)
    }

    /// Where the browser goes on to Duo, until `expires_at` at the latest. The name in it is the one that was typed.
    pub(crate) fn duo_link(
        &self,
        provider: &MfaProvider,
        asking: Asking<'_>,
        expires_at: Timestamp,
    ) -> Result<String, Error> {
        let duo = self.duo(provider)?;
        let claims = json!({
            "response_type": "code",
            "scope": "openid",
            "client_id": duo.client_id,
            "redirect_uri": self.duo_redirect_uri(),
            "state": self.of_step("state", asking).expose(),
            "nonce": self.of_step("nonce", asking).expose(),
            "duo_uname": asking.name_key,
            "iss": duo.client_id,
            "aud": audience(duo.host),
            "exp": (self.clock.now() + THIRD_PARTY_LIFE).min(expires_at).seconds(),
            "use_duo_code_attribute": true,
        });
        let request = hs512_assertion(&duo.secret, &claims.to_string());
        authorize_url(duo.host, duo.client_id, request.expose()).map_err(|why| Error::Internal(why.to_string()))
    }

    /// Whether Duo says, signed and for this step, that the person of this name showed what is theirs. The same is asked for everybody.
    pub(crate) async fn duo_vouches(
        &self,
        provider: &MfaProvider,
        asking: Asking<'_>,
        code: &SecretText,
    ) -> Result<bool, Error> {
        let duo = self.duo(provider)?;
        let issuer = token_endpoint(duo.host);
        let (assertion, redirect_uri) = (self.duo_assertion(&duo, &issuer), self.duo_redirect_uri());
        let exchange = Exchange {
            client_id: duo.client_id,
            redirect_uri: &redirect_uri,
            code: code.expose(),
            assertion: &assertion,
        };
        let asked =
            async { self.outbound.webhooks.provider(duo.host, LONGEST).await?.exchange_duo_code(exchange).await };
        let token = match asked.await {
            Ok(token) => SecretText::new(token.expose().to_owned()),
            Err(why) => {
                log_unanswered(METHOD, &why);
                return Ok(false);
            }
        };
        let claims = hs512_claims(&duo.secret, token.expose());
        let Some(claims) = claims.and_then(|claims| serde_json::from_slice::<Value>(&claims).ok()) else {
            tracing::warn!(mfa.method = METHOD.as_str(), "the id_token is not signed with the secret key");
            return Ok(false);
        };
        let nonce = self.of_step("nonce", asking);
        let expected = Expected {
            issuer: &issuer,
            audience: duo.client_id,
            nonce: nonce.expose(),
            user_name: asking.name_key,
            now: self.clock.now(),
        };
        let checked = check(&claims, expected);
        if let Err(fault) = checked {
            tracing::info!(mfa.method = METHOD.as_str(), reason = %fault, "the id_token is no proof");
        }
        Ok(checked.is_ok())
    }
}
