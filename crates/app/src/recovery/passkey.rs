//! Passkeys: what a browser is asked to sign, and what it answers. The question is a step of a flow, or a row for a person who is
//! signed in.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD};
use passwright_domain::audit::Outcome;
use passwright_domain::factors::PASSKEY_LIFE;
use passwright_domain::ids::IdentityId;
use passwright_domain::reset::{FlowId, Method, Verdict};
use passwright_storage::audit::WriteAudit;
use passwright_storage::factors::{
    AskPasskey, PasskeyPurpose, UsePasskey, list_passkeys, lookup_challenge, lookup_passkey,
};
use passwright_vault::factors::Of;
use passwright_vault::webauthn::{Assertion, RelyingParty, assert};
use serde::Deserialize;

use super::Browser;
use super::verify::{Answer, Checked};
use crate::{Error, Service};

/// What `navigator.credentials.get` is called with. User verification is required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyQuestion {
    /// 32 bytes in base64url.
    pub challenge: String,
    pub rp_id: String,
    /// Credential ids in base64url; empty in a reset, where they would tell who is known: the browser offers what it has.
    pub allow: Vec<String>,
    pub timeout: Duration,
}

/// What the browser answers: JSON with these fields in base64url.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    credential_id: String,
    client_data_json: String,
    authenticator_data: String,
    signature: String,
}

pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

impl Service {
    /// Whose passkeys they are: by the configured public URL.
    pub(crate) fn relying_party(&self) -> RelyingParty {
        RelyingParty::of_url(&self.settings.public_url)
    }

    /// What the browser is to sign, while its flow asks for a passkey.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn passkey_question(&self, browser: &Browser) -> Result<Option<PasskeyQuestion>, Error> {
        let Some((stored, _)) = self.flow_of(browser).await? else { return Ok(None) };
        if stored.flow.open_method() != Some(Method::Passkey) {
            return Ok(None);
        }
        let challenge = self.flow_challenge(stored.flow.id(), stored.flow.step());
        let rp_id = self.relying_party().id;
        Ok(Some(PasskeyQuestion { challenge, rp_id, allow: Vec::new(), timeout: PASSKEY_LIFE }))
    }

    /// Asks a person who gave the password for a passkey; the answer goes to [`prove_factor`](Self::prove_factor).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ask_passkey(&self, identity: &IdentityId) -> Result<PasskeyQuestion, Error> {
        let (challenge, allow) = self.challenge_passkey(identity, PasskeyPurpose::Prove).await?;
        Ok(PasskeyQuestion { challenge, rp_id: self.relying_party().id, allow, timeout: PASSKEY_LIFE })
    }

    /// A new challenge for a person who is known, in the place of an earlier one; with the credential ids that are enrolled.
    pub(crate) async fn challenge_passkey(
        &self,
        identity: &IdentityId,
        purpose: PasskeyPurpose,
    ) -> Result<(String, Vec<String>), Error> {
        let challenge = URL_SAFE_NO_PAD.encode(passwright_vault::random::random_32());
        let expires_at = self.clock.now() + PASSKEY_LIFE;
        let ask = AskPasskey { challenge: challenge.clone(), identity_id: identity.clone(), purpose, expires_at };
        self.store.write(ask).await?;
        let mut reader = self.store.read().await?;
        let enrolled = list_passkeys(&mut reader.tx(), identity).await?;
        Ok((challenge, enrolled))
    }

    /// Of one step of one flow; nobody can know it before.
    fn flow_challenge(&self, flow: &FlowId, step: u32) -> String {
        let secret = self.proofs.mailed.secret(Of::Challenge, &format!("{}/{step}", flow.as_str()));
        secret.expose().to_owned()
    }

    pub(super) async fn check_passkey(&self, answer: Answer<'_>) -> Result<Checked, Error> {
        let wrong = || Ok(Checked::Verdict(Verdict { is_right: false, is_first_use: false, used: String::new() }));
        let now = self.clock.now();
        let Ok(signed) = serde_json::from_str::<Signed>(answer.text.expose()) else { return wrong() };
        let mut reader = self.store.read().await?;
        let stored = lookup_passkey(&mut reader.tx(), &signed.credential_id).await?;
        let (challenge, row) = match (&answer.asked_in, answer.identity) {
            (Some((flow, step)), _) => (self.flow_challenge(flow, *step), None),
            (None, Some(identity)) => {
                let asked = lookup_challenge(&mut reader.tx(), identity, PasskeyPurpose::Prove, now).await?;
                let Some(asked) = asked else { return wrong() };
                (asked.clone(), Some(asked))
            }
            (None, None) => return wrong(),
        };
        drop(reader);
        let Some(passkey) = stored.filter(|passkey| Some(&passkey.identity_id) == answer.identity) else {
            return wrong();
        };
        let parts =
            [&challenge, &signed.client_data_json, &signed.authenticator_data, &signed.signature].map(|t| decoded(t));
        let [Some(challenge), Some(client_data_json), Some(authenticator_data), Some(signature)] = parts else {
            return wrong();
        };
        let damaged = |what: &str| Error::Internal(format!("the {what} of a passkey does not read back"));
        let key = BASE64.decode(&passkey.public_key).map_err(|_| damaged("key"))?;
        let kept = u32::try_from(passkey.sign_count).map_err(|_| damaged("counter"))?;
        let given = Assertion {
            client_data_json: &client_data_json,
            authenticator_data: &authenticator_data,
            signature: &signature,
        };
        let Ok(asserted) = assert(&self.relying_party(), &challenge, &key, kept, given) else { return wrong() };
        if asserted.is_regressed {
            let object = format!("identity:{}", passkey.identity_id);
            let (event, detail) = ("PASSKEY_COUNTER_REGRESSED", "there may be a copy of the passkey");
            tracing::warn!(identity.id = %passkey.identity_id, "the counter of a passkey went back");
            let audit = self.audit_record(answer.actor, event, object, Outcome::Refused, answer.tracking_id, detail);
            self.store.write(WriteAudit(audit)).await?;
            return wrong();
        }
        let taken = UsePasskey {
            identity_id: passkey.identity_id,
            credential_id: signed.credential_id,
            sign_count: i64::from(asserted.sign_count),
            challenge: row,
            now,
        };
        let is_first_use = self.store.write(taken).await?;
        Ok(Checked::Verdict(Verdict { is_right: true, is_first_use, used: "passkey".to_owned() }))
    }
}
