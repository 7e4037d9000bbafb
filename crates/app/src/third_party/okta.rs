//! Okta Verify: a push, and what became of it, or a typed code. Only for a person who has a name there; for the others nothing is
//! asked, and who waits for the answer cannot tell.

use passwright_connectors::Credential;
use passwright_connectors::notify::third_party::okta::{OktaUser, Push, PushState};
use passwright_connectors::notify::third_party::{ProviderCall, Unanswered};
use passwright_domain::directory::Identity;
use passwright_domain::mfa::{MfaMethod, MfaProvider};
use passwright_vault::factors::Of;
use passwright_vault::secret::SecretText;

use super::{Asking, LONGEST, log_unanswered};
use crate::mfa::ACCESS_KEY;
use crate::{Error, Service};

const METHOD: MfaMethod = MfaMethod::OktaVerify;

/// A push that Okta has sent.
pub(crate) struct SentPush {
    pub(crate) poll_path: String,
    /// Empty where Okta wants none.
    pub(crate) number: String,
}

impl Service {
    async fn okta(&self, provider: &MfaProvider) -> Result<(Credential, Result<ProviderCall, Unanswered>), Error> {
        let (Some(host), Some(sealed)) = (&provider.host, &provider.sealed_access_key) else {
            return Err(Error::Internal("okta-verify is enabled and incomplete".to_owned()));
        };
        let token = Credential::new(self.open_mfa(METHOD, ACCESS_KEY, sealed)?.expose().to_owned());
        Ok((token, self.outbound.webhooks.provider(host, LONGEST).await))
    }

    /// Sends a push to a person; `None`: there was nobody to send it to, or Okta was no help.
    pub(crate) async fn send_push(
        &self,
        provider: &MfaProvider,
        person: Option<&Identity>,
    ) -> Result<Option<SentPush>, Error> {
        let Some(login) = person.and_then(|person| provider.name_of(person)) else { return Ok(None) };
        let (token, call) = self.okta(provider).await?;
        let sent = async {
            let call = call?;
            let Some(user) = call.find_okta_user(&token, &login).await? else { return Ok(None) };
            call.send_okta_push(&token, &user).await
        };
        Ok(answered(sent.await).flatten().map(|Push { poll_path, number }| {
            let number = number.unwrap_or_default();
            SentPush { poll_path, number }
        }))
    }

    /// What became of a push. Okta not answering is as good as no answer yet.
    pub(crate) async fn look_at_push(&self, provider: &MfaProvider, poll_path: &str) -> Result<PushState, Error> {
        let (token, call) = self.okta(provider).await?;
        let looked = async { call?.look_at_okta_push(&token, poll_path).await };
        Ok(answered(looked.await).unwrap_or(PushState::Waiting))
    }

    /// Whether a code is the person's now. Gives what names code and factor, so that each counts once.
    pub(crate) async fn check_okta_code(
        &self,
        provider: &MfaProvider,
        person: Option<&Identity>,
        code: &SecretText,
    ) -> Result<Option<String>, Error> {
        let Some(login) = person.and_then(|person| provider.name_of(person)) else { return Ok(None) };
        let (token, call) = self.okta(provider).await?;
        let asked = async {
            let call = call?;
            let Some(user) = call.find_okta_user(&token, &login).await? else { return Ok(None) };
            let is_right = call.check_okta_code(&token, &user, code.expose()).await?;
            Ok(is_right.then_some(user))
        };
        let user: Option<OktaUser> = answered(asked.await).flatten();
        Ok(user.and_then(|user| user.code_factor().map(|factor| self.used_code(factor, code))))
    }

    fn used_code(&self, factor: &str, code: &SecretText) -> String {
        self.proofs.mailed.secret(Of::Challenge, &format!("okta code/{factor}/{}", code.expose())).expose().to_owned()
    }

    /// The number that is shown where Okta wants none, or nobody was asked: always the same for one step.
    pub(crate) fn made_up_number(&self, asking: Asking<'_>) -> String {
        let id = format!("okta number/{}/{}", asking.flow.as_str(), asking.step);
        let digits = self.proofs.mailed.secret(Of::Code, &id).expose().parse::<u32>().unwrap_or_default();
        (10 + digits % 90).to_string()
    }
}

fn answered<T>(asked: Result<T, Unanswered>) -> Option<T> {
    asked.inspect_err(|why| log_unanswered(METHOD, why)).ok()
}
