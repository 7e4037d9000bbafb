//! Which proofs an installation takes: one setting, changed by an administrator.

use std::collections::BTreeMap;

use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::AuditRecord;
use passwright_domain::reset::{Channel, Method, PolicyFault, ResetPolicy, Weight};
use passwright_domain::security_question::ASKED;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::deliveries::MAIL;
use passwright_storage::{StorageError, Tx, Write, audit, security_questions, settings};
use serde::{Deserialize, Serialize};

use crate::{Error, Fault, Service};

const SETTING: &str = "recovery";
const OBJECT: &str = "recovery_settings";

/// What is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RecoverySettings {
    /// The proofs that are enough alone; see [`ResetPolicy`] for where one more is needed all the same.
    pub whole: Vec<Method>,
    /// The proofs of which two, through different channels, are needed.
    pub half: Vec<Method>,
    /// Whoever reads a person's mail can take their accounts, and an administrator wants it so.
    pub accepts_mail_risk: bool,
    /// Whether a reset ends personal access tokens too.
    pub revoke_tokens: bool,
}

impl Default for RecoverySettings {
    fn default() -> Self {
        Self {
            whole: vec![Method::Totp, Method::Passkey, Method::RecoveryCode, Method::DigitToken],
            half: Vec::new(),
            accepts_mail_risk: false,
            revoke_tokens: true,
        }
    }
}

impl RecoverySettings {
    /// Whether a method can be enough alone in any setting.
    #[must_use]
    pub fn may_be_whole(method: Method) -> bool {
        ResetPolicy::new([(method, Weight::Whole)], true).is_ok()
    }

    fn weights(&self) -> BTreeMap<Method, Weight> {
        let half = self.half.iter().map(|method| (*method, Weight::Half));
        half.chain(self.whole.iter().map(|method| (*method, Weight::Whole))).collect()
    }

    /// # Errors
    /// [`PolicyFault`].
    pub fn policy(&self) -> Result<ResetPolicy, PolicyFault> {
        ResetPolicy::new(self.weights(), self.accepts_mail_risk)
    }
}

struct SaveRecoverySettings {
    json: String,
    now: Timestamp,
    audit: AuditRecord,
}

impl Write for SaveRecoverySettings {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        settings::set(tx, SETTING, &self.json, self.now).await?;
        audit::insert(tx, &self.audit).await
    }
}

impl Service {
    /// The settings, for administrators.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn get_recovery_settings(&self, caller: &Caller) -> Result<RecoverySettings, Error> {
        self.require(caller, Action::Administer(Right::ReadOrgConfig), OBJECT).await?;
        self.recovery_settings().await
    }

    /// Sets which proofs are taken. What is set, an acknowledged risk too, is in the audit record.
    ///
    /// # Errors
    /// `Forbidden`; `BadRequest` for a method that must not be enough alone, and when no combination is ever enough.
    pub async fn put_recovery_settings(&self, caller: &Caller, wanted: RecoverySettings) -> Result<(), Error> {
        self.require(caller, Action::Administer(Right::ManageOrgConfig), OBJECT).await?;
        wanted.policy().map_err(|fault| Error::bad(Fault::Semantic, fault.to_string()))?;
        let json = serde_json::to_string(&wanted).map_err(|e| Error::Internal(e.to_string()))?;
        let audit = self.changed(caller, "RECOVERY_SETTINGS_UPDATE", OBJECT.to_owned(), &json);
        self.store.write(SaveRecoverySettings { json, now: self.clock.now(), audit }).await?;
        Ok(())
    }

    pub(super) async fn recovery_settings(&self) -> Result<RecoverySettings, Error> {
        let mut reader = self.store.read().await?;
        match settings::lookup(&mut reader.tx(), SETTING).await? {
            Some(json) => serde_json::from_str(&json).map_err(|e| Error::Internal(format!("{SETTING}: {e}"))),
            None => Ok(RecoverySettings::default()),
        }
    }

    /// The policy with what can be done now: without a mail server nothing is mailed, without digit tokens the help desk has none,
    /// a third party is asked that is configured, and with too few security questions none is asked.
    pub(super) async fn offered(&self, wanted: &RecoverySettings) -> Result<ResetPolicy, Error> {
        let digit_tokens = self.catalog().await?.org_config.digit_token_enabled;
        let mut reader = self.store.read().await?;
        let mail = settings::lookup(&mut reader.tx(), MAIL).await?.as_deref() == Some("on");
        let questions = security_questions::list(&mut reader.tx()).await?.len() >= ASKED;
        drop(reader);
        let third_party = !self.providers().await?.is_empty();
        let usable = |method: Method| match method.channel() {
            Channel::Mailbox => mail,
            Channel::HelpDesk => digit_tokens,
            Channel::ThirdParty => third_party,
            Channel::Memory => questions,
            _ => true,
        };
        let weights: BTreeMap<_, _> = wanted.weights().into_iter().filter(|(method, _)| usable(*method)).collect();
        // What is left may never be enough; then own factors are offered, as by default.
        let own = [(Method::Totp, Weight::Whole), (Method::RecoveryCode, Weight::Whole)];
        let left = ResetPolicy::new(weights, wanted.accepts_mail_risk).or_else(|_| ResetPolicy::new(own, false));
        left.map_err(|fault| Error::Internal(fault.to_string()))
    }
}
