//! Answers: what a browser brings back from Duo, a push that was approved, a typed code.

use std::time::Duration;

use passwright_connectors::notify::third_party::okta::PushState;
use passwright_domain::audit::Outcome;
use passwright_domain::factors::ProofLimits;
use passwright_domain::mfa::{MfaMethod, MfaProvider};
use passwright_domain::reset::{MOST_WRONG, Method, Refusal};
use passwright_storage::directory::identities;
use passwright_storage::recovery::{ConsumeQuestion, TakeLook, TakeProofAttempt, UseThirdPartyCode};
use passwright_vault::secret::SecretText;

use super::super::verify::{Answer, Checked};
use super::super::{Browser, News, Told};
use crate::third_party::{Asking, Providers};
use crate::{Error, Service};

/// Looks at the answer to one push: a press of a button each.
const MOST_LOOKS: i64 = 60;
/// A code of Okta Verify is of 30 seconds; it is remembered for longer than any clock is off.
const CODE_KEPT: Duration = Duration::from_secs(600);
/// Stands for an approved push where a code would be: no code is a word.
pub const APPROVED: &str = "approved";
/// Before the state and the code that a browser brings back from Duo.
const RETURNED: &str = "duo ";

/// What was answered with.
enum Given {
    Returned { state: SecretText, code: SecretText },
    Approved,
    Code(SecretText),
}

impl Given {
    fn read(text: &SecretText) -> Self {
        let secret = |text: &str| SecretText::new(text.to_owned());
        let text = text.expose();
        if let Some((state, code)) = text.strip_prefix(RETURNED).and_then(|returned| returned.split_once(' ')) {
            return Self::Returned { state: secret(state), code: secret(code) };
        }
        if text == APPROVED { Self::Approved } else { Self::Code(SecretText::new(text.split_whitespace().collect())) }
    }
}

impl Service {
    /// Takes what a browser brings back from Duo. Of an earlier step, of another flow or in another browser it does nothing, and Duo
    /// is not asked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn return_from_duo(&self, browser: &Browser, state: &SecretText, code: &str) -> Result<Told, Error> {
        let Some((stored, facts)) = self.flow_of(browser).await? else { return Ok(Told::no_flow()) };
        let flow = &stored.flow;
        let asking = Asking { flow: flow.id(), step: flow.step(), name_key: "" };
        if flow.open_method() != Some(Method::ThirdParty) || !self.is_duo_state(asking, state) {
            return Ok(self.told(flow, &facts, News::Refused(Refusal::Stale)));
        }
        let text = SecretText::new(format!("{RETURNED}{} {code}", state.expose()));
        self.answer_proof(browser, flow.step(), text).await
    }

    pub(in crate::recovery) async fn check_third_party(&self, answer: Answer<'_>) -> Result<Checked, Error> {
        let providers = self.providers().await?;
        match (Given::read(&answer.text), providers) {
            (Given::Returned { state, code }, Providers { duo: Some(duo), .. }) => {
                self.check_return(answer, &duo, &state, &code).await
            }
            (Given::Approved, Providers { okta: Some(okta), .. }) => {
                let is_proof = |checked: &Result<Checked, Error>| matches!(checked, Ok(Checked::Verdict(_)));
                self.paced(self.check_push(answer, &okta), is_proof).await
            }
            (Given::Code(code), Providers { okta: Some(okta), .. }) => self.check_code(answer, &okta, &code).await,
            _ => Ok(Checked::is(false, String::new())),
        }
    }

    async fn check_return(
        &self,
        answer: Answer<'_>,
        duo: &MfaProvider,
        state: &SecretText,
        code: &SecretText,
    ) -> Result<Checked, Error> {
        let wrong = || Ok(Checked::is(false, String::new()));
        let Some((flow, step)) = &answer.asked_in else { return wrong() };
        let asking = Asking { flow, step: *step, name_key: answer.name_key };
        if code.expose().is_empty() || !self.is_duo_state(asking, state) {
            return wrong();
        }
        let (provider, most) = (MfaMethod::DuoWeb, i64::from(MOST_WRONG));
        let look = TakeLook { flow: flow.clone(), step: *step, provider, now: self.clock.now(), most };
        let Some((id, _)) = self.store.write(look).await? else { return wrong() };
        // Whether there is such a person or not, Duo is asked.
        if !self.duo_vouches(duo, asking, code).await? || answer.identity.is_none() {
            return wrong();
        }
        let used = format!("third_party:{}:{id}", provider.as_str());
        Ok(Checked::is(self.store.write(ConsumeQuestion { id, now: self.clock.now(), audit: None }).await?, used))
    }

    /// A push that was not approved (yet) is no wrong answer: it shows nothing of whether anybody was asked.
    async fn check_push(&self, answer: Answer<'_>, okta: &MfaProvider) -> Result<Checked, Error> {
        let Some((flow, step)) = answer.asked_in.clone() else { return Ok(Checked::NotYet) };
        let provider = MfaMethod::OktaVerify;
        let look = TakeLook { flow, step, provider, now: self.clock.now(), most: MOST_LOOKS };
        let Some((id, poll_path)) = self.store.write(look).await? else { return Ok(Checked::NotYet) };
        let Some(identity) = answer.identity.filter(|_| !poll_path.is_empty()) else { return Ok(Checked::NotYet) };
        let audit = match self.look_at_push(okta, &poll_path).await? {
            PushState::Approved => None,
            PushState::Waiting => return Ok(Checked::NotYet),
            // Somebody was asked who had not begun this, perhaps.
            state @ (PushState::Rejected | PushState::TimedOut) => {
                let (event, object) = ("RECOVERY_PUSH_REFUSED", format!("identity:{identity}"));
                let detail = if state == PushState::Rejected { "rejected" } else { "no answer" };
                let tracking = answer.tracking_id;
                Some(self.audit_record(answer.actor.clone(), event, object, Outcome::Refused, tracking, detail))
            }
        };
        let is_approved = audit.is_none();
        let used = format!("third_party:{}:{id}", provider.as_str());
        let won = self.store.write(ConsumeQuestion { id, now: self.clock.now(), audit }).await?;
        Ok(if is_approved { Checked::is(won, used) } else { Checked::NotYet })
    }

    /// Codes can be guessed: each is counted before Okta is asked.
    async fn check_code(&self, answer: Answer<'_>, okta: &MfaProvider, code: &SecretText) -> Result<Checked, Error> {
        let (attempt, now) = (self.tracking_id(), self.clock.now());
        let take = TakeProofAttempt {
            id: attempt.clone(),
            lane: answer.lane,
            name_key: answer.name_key.to_owned(),
            budgets: ProofLimits::default().budgets(answer.lane),
            now,
        };
        if let Some(wait) = self.store.write(take).await? {
            return Ok(Checked::TooMany(wait));
        }
        let is_code = (6..=8).contains(&code.expose().len()) && code.expose().bytes().all(|b| b.is_ascii_digit());
        let ask = async {
            let mut reader = self.store.read().await?;
            let person = match answer.identity {
                Some(id) => identities::lookup(&mut reader.tx(), id).await?,
                None => None,
            };
            drop(reader);
            self.check_okta_code(okta, person.as_ref().filter(|_| is_code), code).await
        };
        let is_right = |asked: &Result<Option<String>, Error>| matches!(asked, Ok(Some(_)));
        let Some(digest) = self.paced(ask, is_right).await? else { return Ok(Checked::is(false, String::new())) };
        let used = format!("third_party:{}:{attempt}", MfaMethod::OktaVerify.as_str());
        let consume = UseThirdPartyCode { digest, attempt, expires_at: now + CODE_KEPT };
        Ok(Checked::is(self.store.write(consume).await?, used))
    }
}
