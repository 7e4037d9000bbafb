//! Special persons, for whom one operator alone does nothing: a second one has to agree, for one act and for ten minutes. Who is
//! special is told by an attribute of the identity that an administrator names; without one nobody is.

use std::time::Duration;

use passwright_domain::access::{Caller, Right};
use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::directory::Identity;
use passwright_domain::help_desk::HelpDeskConfig;
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::audit::WriteAudit;
use passwright_storage::help_approvals::{self, Approve, AskApproval, UseApproval};
use passwright_storage::settings;

use super::HelpWish;
use crate::administration::people;
use crate::auth_org::kept::{Change, Kept};
use crate::sessions::Session;
use crate::{Error, Service};

/// How long one is waited for, and how long an agreement can be used.
const LASTS: Duration = Duration::from_secs(600);

/// How it stands with the agreement that the operator needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agreement {
    /// The person is not special.
    Unneeded,
    Missing,
    /// Nobody has agreed yet.
    Asked {
        until: Timestamp,
    },
    /// For one act.
    Given {
        by: String,
        until: Timestamp,
    },
}

/// What a colleague asks this operator to agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedAgreement {
    pub id: String,
    pub by: String,
    pub reason: String,
    pub until: Timestamp,
}

impl Kept for HelpDeskConfig {
    const NAME: &'static str = settings::HELP_DESK_CONFIG;
    const CHANGED: &'static str = "HELP_DESK_CONFIGURATION_UPDATED";
    const CHANGE: Right = Right::ManageOrgConfig;

    fn faults(&self) -> Vec<String> {
        self.faults()
    }
}

impl Service {
    /// Who is special.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn get_help_desk_config(&self, caller: &Caller) -> Result<HelpDeskConfig, Error> {
        self.get_kept(caller).await
    }

    /// Says who is special, from now on.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for what is no name of an attribute; `Conflict`.
    pub async fn set_help_desk_config(&self, caller: &Caller, config: HelpDeskConfig) -> Result<(), Error> {
        let special_attribute = config.special_attribute.trim().to_owned();
        self.change_kept(caller, Change::Set(HelpDeskConfig { special_attribute })).await?;
        Ok(())
    }

    /// Asks colleagues to agree.
    ///
    /// # Errors
    /// `Forbidden` for a person whom the operator may not act for; `BadRequest` without a reason or without the check of the
    /// caller; `Conflict` for a person who is not special.
    pub async fn ask_second_operator(
        &self,
        session: &Session,
        id: &str,
        wish: HelpWish,
        trace: &Trace,
    ) -> Result<(), Error> {
        const EVENT: &str = "HELP_AGREEMENT_REQUESTED";
        let caller = session.caller(trace);
        let identity = self.served(&caller, id).await?;
        self.may_help(&caller, &identity, EVENT).await?;
        let reason = wish.checked()?;
        if !self.is_special(&identity).await? {
            return Err(Error::Conflict("no second operator is needed".to_owned()));
        }
        let object = format!("identity:{}", identity.id);
        let ask = AskApproval {
            id: self.tracking_id(),
            person: identity.id,
            asked_by: caller.actor(),
            reason: reason.clone(),
            now: self.clock.now(),
            audit: self.audit_record(caller.actor(), EVENT, object, Outcome::Passed, trace, reason),
        };
        Ok(self.store.write(ask).await?)
    }

    /// Agrees to what a colleague asked for.
    ///
    /// # Errors
    /// `Forbidden` for a person whom this operator may not act for; `NotFound` for what was not asked, not lately, by the operator
    /// themselves, or was agreed to already.
    pub async fn agree_to_help(&self, session: &Session, id: &str, asked: &str, trace: &Trace) -> Result<(), Error> {
        const EVENT: &str = "HELP_AGREEMENT_GIVEN";
        let caller = session.caller(trace);
        let identity = self.served(&caller, id).await?;
        self.may_help(&caller, &identity, EVENT).await?;
        let object = format!("identity:{}", identity.id);
        let approve = Approve {
            id: asked.to_owned(),
            person: identity.id,
            approved_by: caller.actor(),
            now: self.clock.now(),
            lasts: LASTS,
            audit: self.audit_record(caller.actor(), EVENT, object, Outcome::Passed, trace, format!("request:{asked}")),
        };
        if self.store.write(approve).await? { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Uses up the agreement that an act for this person needs.
    pub(super) async fn agreed(&self, caller: &Caller, identity: &Identity) -> Result<(), Error> {
        if !self.is_special(identity).await? {
            return Ok(());
        }
        let (person, asked_by, now) = (identity.id.clone(), caller.actor(), self.clock.now());
        if self.store.write(UseApproval { person, asked_by, now, lasts: LASTS }).await? {
            return Ok(());
        }
        let (event, object) = ("HELP_AGREEMENT_MISSING", format!("identity:{}", identity.id));
        let record = self.audit_record(caller.actor(), event, object, Outcome::Refused, &caller.tracking_id, "");
        self.store.write(WriteAudit(record)).await?;
        Err(Error::Forbidden("a second operator has to agree first"))
    }

    pub(crate) async fn is_special(&self, identity: &Identity) -> Result<bool, Error> {
        let config: HelpDeskConfig = self.kept().await?;
        Ok(config.is_special(&identity.attributes))
    }

    /// How it stands for this operator, and what others ask.
    pub(super) async fn agreements(
        &self,
        caller: &Caller,
        identity: &Identity,
    ) -> Result<(Agreement, Vec<AskedAgreement>), Error> {
        if !self.is_special(identity).await? {
            return Ok((Agreement::Unneeded, Vec::new()));
        }
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let live = help_approvals::live(&mut tx, &identity.id, self.clock.now(), LASTS).await?;
        let parties = live.iter().flat_map(|one| [Some(&one.asked_by), one.approved_by.as_ref()]).flatten();
        let ids: Vec<IdentityId> = parties.filter_map(|party| party.strip_prefix("identity:")?.parse().ok()).collect();
        let known = people(&mut tx, ids.into_iter()).await?;
        drop(reader);
        let name = |party: &str| {
            let id = party.strip_prefix("identity:").and_then(|id| id.parse().ok());
            id.and_then(|id| known.get(&id)).map_or_else(|| party.to_owned(), |person| person.name.clone())
        };
        let own = caller.actor();
        let given = live.iter().filter(|one| one.asked_by == own).find_map(|one| {
            let (by, at) = (one.approved_by.as_deref()?, one.approved_at?);
            Some(Agreement::Given { by: name(by), until: at + LASTS })
        });
        let asked = live.iter().rfind(|one| one.asked_by == own && one.approved_by.is_none());
        let asked = asked.map(|one| Agreement::Asked { until: one.asked_at + LASTS });
        let of_others = live.iter().filter(|one| one.asked_by != own && one.approved_by.is_none());
        let of_others = of_others.map(|one| AskedAgreement {
            id: one.id.clone(),
            by: name(&one.asked_by),
            reason: one.reason.clone(),
            until: one.asked_at + LASTS,
        });
        Ok((given.or(asked).unwrap_or(Agreement::Missing), of_others.collect()))
    }
}
