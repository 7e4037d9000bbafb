//! Asking: what the page shows, the way to Duo, and a push.

use passwright_domain::audit::Outcome;
use passwright_domain::factors::{Lane, ProofLimits, THIRD_PARTY_LIFE};
use passwright_domain::mfa::MfaMethod;
use passwright_domain::reset::{Method, Refusal};
use passwright_storage::recovery::{
    AskThirdParty, Asked, ConsumeQuestion, KeepTransaction, StoredFlow, TakeProofAttempt, lookup_question,
};

use super::super::facts::Facts;
use super::super::{Browser, News, Told, actor};
use crate::third_party::{Asking, Providers, SentPush};
use crate::{Error, Service};

/// What the page of this proof has. The same for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThirdPartyQuestion {
    /// Duo is offered.
    pub duo: bool,
    /// Where the browser goes on to it; `None`: it does not answer, or was asked for too often.
    pub duo_link: Option<String>,
    /// Okta Verify is offered.
    pub okta: bool,
    /// A push was asked for in this step: the number that the app may want to be chosen.
    pub number: Option<String>,
}

impl Service {
    /// What the browser's page shows, while its flow asks for a third party's authenticator.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn third_party_question(&self, browser: &Browser) -> Result<Option<ThirdPartyQuestion>, Error> {
        let Some((stored, _)) = self.flow_of(browser).await? else { return Ok(None) };
        let flow = &stored.flow;
        let Some(named) = flow.named().filter(|_| flow.open_method() == Some(Method::ThirdParty)) else {
            return Ok(None);
        };
        let (now, Providers { duo, okta }) = (self.clock.now(), self.providers().await?);
        let mut reader = self.store.read().await?;
        let question = lookup_question(&mut reader.tx(), flow.id(), flow.step(), now).await?;
        drop(reader);
        let asking = Asking { flow: flow.id(), step: flow.step(), name_key: &named.name_key };
        let asked = |method| question.as_ref().filter(|question| question.provider == method);
        let duo_link = match (&duo, asked(MfaMethod::DuoWeb)) {
            (Some(provider), Some(_)) => Some(self.duo_link(provider, asking, flow.expires_at())?),
            _ => None,
        };
        let number = asked(MfaMethod::OktaVerify).filter(|_| okta.is_some()).map(|question| {
            if question.number.is_empty() { self.made_up_number(asking) } else { question.number.clone() }
        });
        Ok(Some(ThirdPartyQuestion { duo: duo.is_some(), duo_link, okta: okta.is_some(), number }))
    }

    /// The way was chosen: a link to Duo is as good as a push, as Duo sends one as soon as it is opened. A push of Okta Verify is asked
    /// for apart ([`ask_push`](Self::ask_push)).
    pub(in crate::recovery) async fn begin_third_party(
        &self,
        browser: &Browser,
        stored: StoredFlow,
        facts: &Facts,
    ) -> Result<Told, Error> {
        let Some(duo) = self.providers().await?.duo else { return self.save_step(stored, facts, News::Taken).await };
        let flow = stored.flow.clone();
        let ask = self.third_party_ask(browser, stored, facts, MfaMethod::DuoWeb);
        let id = ask.id.clone();
        match self.store.write(ask).await? {
            Asked::Overtaken => return self.overtaken(&flow).await,
            Asked::TooMany(wait) => return Ok(self.told(&flow, facts, News::TooMany(wait))),
            Asked::Waiting => {}
        }
        if !self.duo_is_well(&duo).await? {
            self.store.write(ConsumeQuestion { id, now: self.clock.now(), audit: None }).await?;
        }
        Ok(self.told(&flow, facts, News::Taken))
    }

    /// Sends a push of Okta Verify, in a step of its own; an earlier one is void. What is told, and when, does not depend on whether
    /// there is anybody to send it to.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ask_push(&self, browser: &Browser, step: u32) -> Result<Told, Error> {
        let Some((mut stored, facts)) = self.flow_of(browser).await? else { return Ok(Told::no_flow()) };
        let refused = |stored: &StoredFlow, refusal| Ok(self.told(&stored.flow, &facts, News::Refused(refusal)));
        if stored.flow.open_method() != Some(Method::ThirdParty) {
            return refused(&stored, Refusal::Stale);
        }
        let Some(okta) = self.providers().await?.okta else { return refused(&stored, Refusal::NotOffered) };
        if let Err(refusal) = stored.flow.choose(browser.at(self.clock.now(), step), Method::ThirdParty, &facts.policy)
        {
            return refused(&stored, refusal);
        }
        let flow = stored.flow.clone();
        let ask = self.third_party_ask(browser, stored, &facts, MfaMethod::OktaVerify);
        let id = ask.id.clone();
        match self.store.write(ask).await? {
            Asked::Overtaken => return self.overtaken(&flow).await,
            Asked::TooMany(wait) => return Ok(self.told(&flow, &facts, News::TooMany(wait))),
            Asked::Waiting => {}
        }
        let send = async {
            if let Some(SentPush { poll_path, number }) = self.send_push(&okta, facts.identity.as_ref()).await? {
                self.store.write(KeepTransaction { id, poll_path, number }).await?;
            }
            Ok::<_, Error>(())
        };
        self.paced(send, |_| false).await?;
        Ok(self.told(&flow, &facts, News::Taken))
    }

    fn third_party_ask(
        &self,
        browser: &Browser,
        flow: StoredFlow,
        facts: &Facts,
        provider: MfaMethod,
    ) -> AskThirdParty {
        let (now, id) = (self.clock.now(), self.tracking_id());
        let name_key = flow.flow.named().map(|named| named.name_key.clone()).unwrap_or_default();
        let to = facts.identity.as_ref().map(|identity| format!("identity:{}", identity.id));
        let object = to.unwrap_or_else(|| "identity:unknown".to_owned());
        let (event, tracking) = ("RECOVERY_THIRD_PARTY_ASKED", &browser.tracking_id);
        let budgets = ProofLimits::default().budgets(Lane::Push);
        AskThirdParty {
            provider,
            expires_at: (now + THIRD_PARTY_LIFE).min(flow.flow.expires_at()),
            attempt: TakeProofAttempt { id: id.clone(), lane: Lane::Push, name_key, budgets, now },
            audit: self.audit_record(actor(&flow.flow), event, object, Outcome::Passed, tracking, provider.as_str()),
            id,
            flow,
        }
    }
}
