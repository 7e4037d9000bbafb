//! The help desk: finding a person, seeing how their accounts are, and a digit token to let them in again. States and
//! outcomes are shown, never a secret; the digits leave the service once, for the operator to read out.
//!
//! A person with a level is protected: only an ORG_ADMIN acts for them, and nobody acts for themselves.

mod cancel_token;
mod change_account;
mod create_token;
mod find_people;
mod get_person;
mod second_operator;
mod send_reset_mail;
mod wish;

use passwright_domain::access::{Action, Caller, Level, Right};
use passwright_domain::directory::Identity;
use passwright_domain::timestamp::Timestamp;
pub use passwright_storage::digit_tokens::KeptDigitToken;
use passwright_storage::directory::identities;

pub use change_account::AccountHelp;
pub use create_token::ReadOutToken;
pub use find_people::FoundPeople;
pub use passwright_domain::help_desk::HelpDeskConfig;
pub use second_operator::{Agreement, AskedAgreement};
pub use wish::HelpWish;

use crate::accounts::ShownAccount;
use crate::passwords::PasswordChange;
use crate::{Error, Service};

/// A person as the help desk sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub identity: Identity,
    /// Why the operator may only look; `None` when they may act.
    pub protected: Option<Protection>,
    pub accounts: Vec<ShownAccount>,
    /// Newest first.
    pub changes: Vec<PasswordChange>,
    /// Newest first.
    pub tokens: Vec<KeptDigitToken>,
    /// Whether digit tokens are switched on.
    pub tokens_enabled: bool,
    /// Whether a second operator agrees, where one is needed.
    pub agreement: Agreement,
    /// What colleagues ask this operator to agree to.
    pub asked: Vec<AskedAgreement>,
    /// There is an address, and a mail server.
    pub can_be_mailed: bool,
    pub now: Timestamp,
}

/// Why nobody at this desk may act for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// It is the operator.
    Own,
    /// The person has a level.
    Level,
    Disabled,
}

fn protection(caller: &Caller, identity: &Identity) -> Option<Protection> {
    if caller.identity_id() == Some(&identity.id) {
        return Some(Protection::Own);
    }
    if identity.status != passwright_domain::directory::IdentityStatus::Active {
        return Some(Protection::Disabled);
    }
    (!identity.levels.is_empty() && !caller.has_level(Level::OrgAdmin)).then_some(Protection::Level)
}

impl Service {
    /// The person of an id, for one who serves people.
    async fn served(&self, caller: &Caller, id: &str) -> Result<Identity, Error> {
        self.require(caller, Action::Administer(Right::ServePeople), &format!("identity:{id}")).await?;
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        identities::lookup(&mut reader.tx(), &id).await?.ok_or(Error::NotFound)
    }
}
