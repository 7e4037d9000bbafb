//! The way to prove oneself; for a mailed code or link, the mail.

use passwright_domain::audit::Outcome;
use passwright_domain::delivery::Notice;
use passwright_domain::factors::{CODE_LIFE, LINK_LIFE, Lane, ProofLimits};
use passwright_domain::reset::{Channel, Method};
use passwright_storage::recovery::{MailProof, Mailed, StoredFlow, TakeProofAttempt};

use super::facts::Facts;
use super::{Browser, News, Told, actor};
use crate::{Error, Service};

impl Service {
    /// Chooses how to prove oneself, first or instead of another way; the same way again mails another code. A mail goes to the
    /// stored address and to no other: nothing in a request names one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn choose_proof(&self, browser: &Browser, step: u32, method: Method) -> Result<Told, Error> {
        let Some((mut stored, facts)) = self.flow_of(browser).await? else { return Ok(Told::no_flow()) };
        match stored.flow.choose(browser.at(self.clock.now(), step), method, &facts.policy) {
            Ok(()) if method.channel() == Channel::Mailbox => self.mail_proof(browser, stored, &facts, method).await,
            Ok(()) if method == Method::ThirdParty => self.begin_third_party(browser, stored, &facts).await,
            Ok(()) => self.save_step(stored, &facts, News::Taken).await,
            Err(refusal) => Ok(self.told(&stored.flow, &facts, News::Refused(refusal))),
        }
    }

    async fn mail_proof(
        &self,
        browser: &Browser,
        stored: StoredFlow,
        facts: &Facts,
        method: Method,
    ) -> Result<Told, Error> {
        let flow = stored.flow.clone();
        let name_key = flow.named().map(|named| named.name_key.clone()).unwrap_or_default();
        let (now, id) = (self.clock.now(), self.tracking_id());
        let to = facts.identity.as_ref().map(|identity| identity.id.clone());
        let object = to.as_ref().map_or_else(|| "identity:unknown".to_owned(), |id| format!("identity:{id}"));
        let life = if method == Method::MailedLink { LINK_LIFE } else { CODE_LIFE };
        let (event, tracking) = ("RECOVERY_PROOF_MAILED", &browser.tracking_id);
        let mail = MailProof {
            flow: stored,
            method,
            expires_at: (now + life).min(flow.expires_at()),
            attempt: TakeProofAttempt {
                id: id.clone(),
                lane: Lane::Mail,
                name_key,
                budgets: ProofLimits::default().budgets(Lane::Mail),
                now,
            },
            notice: Notice::proof_mailed(&id, method, to, now),
            audit: self.audit_record(actor(&flow), event, object, Outcome::Passed, tracking, method.as_str()),
            id,
        };
        let news = match self.store.write(mail).await? {
            Mailed::Waiting => News::Mailed,
            Mailed::TooMany(wait) => News::TooMany(wait),
            Mailed::Overtaken => return self.overtaken(&flow).await,
        };
        Ok(self.told(&flow, facts, news))
    }
}
