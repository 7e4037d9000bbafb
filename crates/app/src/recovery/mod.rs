//! "Cannot sign in?": the way of one browser from a name to a new password, an unlocked account, or a forgotten name. The rules are
//! `domain::reset`; here its flow is kept, proofs are checked, and the grant is used up in the transaction of its effect.
//!
//! Invariants: an unknown name takes the same steps, writes the same rows and is told the same; nothing that a browser sends names
//! an identity after the first step, an address ever; answers are counted and committed before they are compared.

mod answer;
mod choose_proof;
mod direct_change;
mod facts;
mod forgot_name;
mod identify;
mod passkey;
mod questions;
mod reset_password;
mod settings;
mod show_reset;
mod third_party;
mod unlock_accounts;
mod verify;

use std::time::Duration;

use passwright_domain::audit::Trace;
use passwright_domain::reset::{Flow, FlowId, Request, SessionKey};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::recovery::{BeginFlow, SaveFlow, StoredFlow, lookup_flow};
use passwright_vault::digest::client_secret_digest;
use passwright_vault::secret::SecretText;

pub use passkey::PasskeyQuestion;
pub use passwright_domain::reset::{Goal, Method, Page, PolicyFault, Refusal, ResetPolicy, Weight};
pub use reset_password::{NewPassword, Reset, ResetAccount};
pub use settings::RecoverySettings;
pub use third_party::{APPROVED, ThirdPartyQuestion};
pub use unlock_accounts::{Unlocked, UnlockedAccount};

pub(crate) use passkey::decoded;
pub(crate) use reset_password::reached;
pub(crate) use verify::{Answer, Checked, ProofKeys};

use crate::{Error, Service};
use facts::Facts;

/// Under the configured public URL: where the link in a mail leads, with the parameter `proof`. A page there shows a button; only its
/// POST uses the link up, as mail scanners open links (requirement R36).
pub const MAILED_LINK_PATH: &str = "/recovery/link";

/// The browser of a request: by the secret in its cookie, which is `http`'s to make (256 random bits) and to keep.
pub struct Browser {
    session: SessionKey,
    tracking_id: Trace,
}

impl Browser {
    #[must_use]
    pub fn new(secret: &SecretText, tracking_id: &Trace) -> Self {
        Self { session: SessionKey::new(client_secret_digest(secret)), tracking_id: tracking_id.clone() }
    }

    fn at(&self, now: Timestamp, step: u32) -> Request<'_> {
        Request { session: &self.session, now, step }
    }
}

/// Where a flow stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standpoint {
    pub page: Page,
    /// What the form of this page has to send back.
    pub step: u32,
    pub goal: Goal,
    pub expires_at: Timestamp,
}

/// What a request brought about, besides where the flow stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The step was taken.
    Taken,
    /// A code or a link is on its way, if the name is known and has an address.
    Mailed,
    /// The answer does not count; one text for every reason.
    Wrong,
    /// Nothing was approved until now, or it will never be.
    NotYet,
    /// Too many answers, or mails, with this name; try again after this time, or another way.
    TooMany(Duration),
    /// Nothing was done.
    Refused(Refusal),
}

/// The answer to every request of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// `None`: this browser has no flow, or it is over; begin again.
    pub at: Option<Standpoint>,
    pub news: News,
}

impl Told {
    fn no_flow() -> Self {
        Self { at: None, news: News::Refused(Refusal::NotYours) }
    }
}

impl Service {
    /// Begins a flow in the place of any that the browser had.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_recovery(&self, browser: &Browser, goal: Goal) -> Result<Told, Error> {
        let now = self.clock.now();
        let flow = Flow::begin(FlowId::new(self.tracking_id()), browser.session.clone(), goal, now);
        self.store.write(BeginFlow { flow: flow.clone() }).await?;
        let facts = self.facts(&flow).await?;
        Ok(self.told(&flow, &facts, News::Taken))
    }

    /// Where the browser's flow stands.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn show_recovery(&self, browser: &Browser) -> Result<Told, Error> {
        let Some((stored, facts)) = self.flow_of(browser).await? else { return Ok(Told::no_flow()) };
        Ok(self.told(&stored.flow, &facts, News::Taken))
    }

    /// Back to the choice of a way; what was proved stays.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leave_proof(&self, browser: &Browser, step: u32) -> Result<Told, Error> {
        let Some((mut stored, facts)) = self.flow_of(browser).await? else { return Ok(Told::no_flow()) };
        match stored.flow.back(browser.at(self.clock.now(), step)) {
            Ok(()) => self.save_step(stored, &facts, News::Taken).await,
            Err(refusal) => Ok(self.told(&stored.flow, &facts, News::Refused(refusal))),
        }
    }

    async fn flow_of(&self, browser: &Browser) -> Result<Option<(StoredFlow, Facts)>, Error> {
        self.flow_in(&browser.session).await
    }

    async fn flow_in(&self, session: &SessionKey) -> Result<Option<(StoredFlow, Facts)>, Error> {
        let mut reader = self.store.read().await?;
        let stored = lookup_flow(&mut reader.tx(), session).await?;
        drop(reader);
        // One whose time is over is as good as none: there is nothing in it to go on with.
        let Some(stored) = stored.filter(|stored| self.clock.now() < stored.flow.expires_at()) else { return Ok(None) };
        let facts = self.facts(&stored.flow).await?;
        Ok(Some((stored, facts)))
    }

    /// Keeps a step that was taken.
    async fn save_step(&self, stored: StoredFlow, facts: &Facts, news: News) -> Result<Told, Error> {
        let StoredFlow { flow, revision } = stored;
        if self.store.write(SaveFlow { flow: flow.clone(), revision, audit: None, notice: None }).await? {
            return Ok(self.told(&flow, facts, news));
        }
        self.overtaken(&flow).await
    }

    /// Another request of the browser was quicker: this one did nothing, and is shown where that one led.
    async fn overtaken(&self, flow: &Flow) -> Result<Told, Error> {
        let Some((stored, facts)) = self.flow_in(flow.session()).await? else { return Ok(Told::no_flow()) };
        Ok(self.told(&stored.flow, &facts, News::Refused(Refusal::Stale)))
    }

    fn told(&self, flow: &Flow, facts: &Facts, news: News) -> Told {
        let page = flow.page(&facts.policy, &facts.standing);
        let at = Standpoint { page, step: flow.step(), goal: flow.goal(), expires_at: flow.expires_at() };
        Told { at: Some(at), news }
    }
}

/// Who acts in a flow, for the audit: nobody is signed in.
fn actor(flow: &Flow) -> String {
    format!("recovery:{}", flow.id().as_str())
}

#[cfg(test)]
mod tests;
