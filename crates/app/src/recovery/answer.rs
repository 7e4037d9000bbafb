//! An answer to the open challenge.

use passwright_domain::audit::Outcome;
use passwright_domain::delivery::Notice;
use passwright_domain::factors::Lane;
use passwright_domain::reset::{Method, Refusal};
use passwright_storage::recovery::{SaveFlow, StoredFlow};
use passwright_vault::secret::SecretText;

use super::facts::Facts;
use super::{Answer, Browser, Checked, News, Told, actor};
use crate::{Error, Service};

impl Service {
    /// Takes an answer to what is asked for now: a code, in any usual spelling.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn answer_proof(&self, browser: &Browser, step: u32, text: SecretText) -> Result<Told, Error> {
        let Some((stored, facts)) = self.flow_of(browser).await? else { return Ok(Told::no_flow()) };
        if stored.flow.open_method() == Some(Method::MailedLink) {
            return Ok(self.told(&stored.flow, &facts, News::Refused(Refusal::OutOfOrder)));
        }
        self.answer(browser, stored, &facts, step, text).await
    }

    /// Takes the link of a mail: the text of its parameter `proof`. In a browser other than the one that asked for it there is no
    /// flow that it belongs to.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_mailed_link(&self, browser: &Browser, proof: SecretText) -> Result<Told, Error> {
        let Some((stored, facts)) = self.flow_of(browser).await? else { return Ok(Told::no_flow()) };
        if stored.flow.open_method() != Some(Method::MailedLink) {
            return Ok(self.told(&stored.flow, &facts, News::Refused(Refusal::Stale)));
        }
        let step = stored.flow.step();
        self.answer(browser, stored, &facts, step, proof).await
    }

    async fn answer(
        &self,
        browser: &Browser,
        mut stored: StoredFlow,
        facts: &Facts,
        step: u32,
        text: SecretText,
    ) -> Result<Told, Error> {
        let mut challenge = match stored.flow.challenge(browser.at(self.clock.now(), step)) {
            Ok(challenge) => challenge,
            Err(refusal) => return Ok(self.told(&stored.flow, facts, News::Refused(refusal))),
        };
        let bound = challenge.bound().clone();
        let (method, subject) = (bound.method, bound.subject.clone());
        let name_key = stored.flow.named().map(|named| named.name_key.clone()).unwrap_or_default();
        // Who was disabled meanwhile is nobody.
        let answered = subject.identity().filter(|_| facts.identity.is_some());
        let answer = Answer {
            method,
            identity: answered,
            name_key: &name_key,
            lane: Lane::Reset(method),
            asked_in: Some((bound.flow.clone(), bound.step)),
            text,
            actor: actor(&stored.flow),
            tracking_id: &browser.tracking_id,
        };
        let verdict = match self.check_answer(answer).await? {
            Checked::Verdict(verdict) => verdict,
            Checked::TooMany(wait) => return Ok(self.told(&stored.flow, facts, News::TooMany(wait))),
            Checked::NotYet => return Ok(self.told(&stored.flow, facts, News::NotYet)),
        };
        let object = subject.identity().map_or_else(|| "identity:unknown".to_owned(), |id| format!("identity:{id}"));
        let detail = if verdict.used.is_empty() { method.as_str().to_owned() } else { verdict.used.clone() };
        // Another tab's answer to the same step may be saved first. What was used up for this one still counts then, and a wrong one
        // is still counted. It ends: with too many wrong answers the flow is over.
        loop {
            let request = browser.at(self.clock.now(), step);
            let (taken, event, outcome, news) = match challenge.judge(verdict.clone()) {
                Ok(proof) => {
                    (stored.flow.accept(request, proof), "RECOVERY_PROOF_PASSED", Outcome::Passed, News::Taken)
                }
                Err(_) => (stored.flow.count_wrong(request), "RECOVERY_PROOF_FAILED", Outcome::Failed, News::Wrong),
            };
            if let Err(refusal) = taken {
                return Ok(self.told(&stored.flow, facts, News::Refused(refusal)));
            }
            let (actor, tracking) = (actor(&stored.flow), &browser.tracking_id);
            let audit = Some(self.audit_record(actor, event, object.clone(), outcome, tracking, detail.clone()));
            let StoredFlow { flow, revision } = stored;
            // A flow that ends so was guessed at: its person is told, once.
            let notice = flow.is_over().then(|| {
                let (now, to) = (self.clock.now(), answered.cloned());
                (Notice::recovery_failed(flow.id(), flow.goal(), to, now), now)
            });
            if self.store.write(SaveFlow { flow: flow.clone(), revision, audit, notice }).await? {
                return Ok(self.told(&flow, facts, news));
            }
            let Some((saved, now)) = self.flow_in(&browser.session).await? else { return Ok(Told::no_flow()) };
            challenge = match saved.flow.challenge(browser.at(self.clock.now(), step)) {
                Ok(challenge) if *challenge.bound() == bound => challenge,
                _ => return Ok(self.told(&saved.flow, &now, News::Refused(Refusal::Stale))),
            };
            stored = saved;
        }
    }
}
