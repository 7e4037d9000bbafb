//! Enrolling a passkey.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD};
use passwright_domain::access::Caller;
use passwright_domain::factors::{FactorChange, PASSKEY_LIFE};
use passwright_storage::factors::{EnrolPasskey, PasskeyPurpose, lookup_challenge};
use passwright_vault::webauthn::{Registration, register};
use serde::Deserialize;

use super::{Factor, FactorRefusal, Shown, person};
use crate::recovery::decoded;
use crate::{Error, Service};

/// What `navigator.credentials.create` is called with: attestation `none`, a resident key, user verification required, ES256 and
/// EdDSA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPasskeyQuestion {
    /// 32 bytes in base64url.
    pub challenge: String,
    pub rp_id: String,
    pub rp_name: String,
    /// Names the person to the authenticator, in base64url; no name.
    pub user_id: String,
    pub user_name: String,
    /// The credential ids that are enrolled, in base64url.
    pub exclude: Vec<String>,
    pub timeout: std::time::Duration,
}

/// What the browser answers: JSON with these fields in base64url.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    client_data_json: String,
    attestation_object: String,
}

impl Service {
    /// Asks the caller's browser for a passkey; an earlier question is void.
    ///
    /// # Errors
    /// `Forbidden` for an API client; when the database does not answer.
    pub async fn start_passkey(&self, caller: &Caller) -> Result<NewPasskeyQuestion, Error> {
        let (identity, alias) = person(caller)?;
        let (challenge, exclude) = self.challenge_passkey(identity, PasskeyPurpose::Enrol).await?;
        Ok(NewPasskeyQuestion {
            challenge,
            rp_id: self.relying_party().id,
            rp_name: self.settings.org.clone(),
            user_id: URL_SAFE_NO_PAD.encode(identity.as_str()),
            user_name: alias.to_owned(),
            exclude,
            timeout: PASSKEY_LIFE,
        })
    }

    /// Keeps the passkey that the browser made; with another factor or the help desk's digits where the person has a factor already.
    ///
    /// # Errors
    /// `Forbidden` for an API client; when the database does not answer.
    pub async fn confirm_passkey(
        &self,
        caller: &Caller,
        answer: &str,
        shown: Option<Shown>,
    ) -> Result<Result<(), FactorRefusal>, Error> {
        let (identity, _) = person(caller)?;
        let now = self.clock.now();
        let mut reader = self.store.read().await?;
        let asked = lookup_challenge(&mut reader.tx(), identity, PasskeyPurpose::Enrol, now).await?;
        drop(reader);
        let Some(asked) = asked else { return Ok(Err(FactorRefusal::Gone)) };
        let created = serde_json::from_str::<Created>(answer).ok();
        let parts = created.and_then(|created| {
            let client_data_json = decoded(&created.client_data_json)?;
            Some((decoded(&asked)?, client_data_json, decoded(&created.attestation_object)?))
        });
        let Some((challenge, client_data_json, attestation_object)) = parts else {
            return Ok(Err(FactorRefusal::Wrong));
        };
        let given = Registration { client_data_json: &client_data_json, attestation_object: &attestation_object };
        let passkey = match register(&self.relying_party(), &challenge, given) {
            Ok(passkey) => passkey,
            Err(fault) => {
                tracing::info!(fault = %fault, "a passkey was not taken");
                return Ok(Err(FactorRefusal::Wrong));
            }
        };
        let proved = match self.may_change_factor(identity, Factor::Passkey, shown, &caller.tracking_id).await? {
            Ok(proved) => proved,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (audit, notice) = self.factor_news(caller, identity, Factor::Passkey, FactorChange::Enrolled, proved);
        let enrol = EnrolPasskey {
            challenge: asked,
            identity_id: identity.clone(),
            credential_id: URL_SAFE_NO_PAD.encode(&passkey.credential_id),
            public_key: BASE64.encode(&passkey.public_key),
            sign_count: i64::from(passkey.sign_count),
            now,
            audit,
            notice,
        };
        Ok(if self.store.write(enrol).await? { Ok(()) } else { Err(FactorRefusal::Gone) })
    }
}
