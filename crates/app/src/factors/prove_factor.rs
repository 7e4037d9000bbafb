//! Showing a factor while signed in: as the second step of a sign-in, and before a factor is changed.

use std::collections::BTreeSet;

use passwright_domain::audit::{Outcome, Trace};
use passwright_domain::canonical::canonical;
use passwright_domain::directory::IdentityStatus;
use passwright_domain::factors::{ChangeRefusal, Lane, may_change};
use passwright_domain::ids::IdentityId;
use passwright_storage::audit::WriteAudit;
use passwright_storage::directory::identities;
use passwright_storage::factors::enrolled;
use passwright_vault::secret::SecretText;

use super::{Factor, FactorRefusal, Method};
use crate::recovery::{Answer, Checked};
use crate::{Error, Service};

/// What a person shows.
pub struct Shown {
    pub method: Method,
    pub text: SecretText,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProvedFactor {
    Proved,
    Wrong,
    TooMany(std::time::Duration),
}

impl Service {
    /// Checks a code of an authenticator, a recovery code, or the help desk's digits of a person who gave the password. These
    /// answers are counted apart from those of resets, which anybody can give.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prove_factor(
        &self,
        identity: &IdentityId,
        shown: Shown,
        tracking_id: &Trace,
    ) -> Result<ProvedFactor, Error> {
        let mut reader = self.store.read().await?;
        let known = identities::lookup(&mut reader.tx(), identity).await?;
        drop(reader);
        let Some(known) = known.filter(|known| known.status == IdentityStatus::Active) else {
            return Ok(ProvedFactor::Wrong);
        };
        let takes = matches!(shown.method, Method::Totp | Method::Passkey | Method::RecoveryCode | Method::DigitToken);
        if !takes {
            return Ok(ProvedFactor::Wrong);
        }
        let (actor, method) = (format!("identity:{identity}"), shown.method);
        let answer = Answer {
            method,
            identity: Some(identity),
            name_key: &canonical(&known.alias),
            lane: Lane::SignedIn,
            asked_in: None,
            text: shown.text,
            actor: actor.clone(),
            tracking_id,
        };
        let (proved, event, outcome) = match self.check_answer(answer).await? {
            Checked::TooMany(wait) => return Ok(ProvedFactor::TooMany(wait)),
            Checked::Verdict(verdict) if verdict.is_right && verdict.is_first_use => {
                (ProvedFactor::Proved, "USER_FACTOR_PROOF_PASSED", Outcome::Passed)
            }
            Checked::Verdict(_) | Checked::NotYet => (ProvedFactor::Wrong, "USER_FACTOR_PROOF_FAILED", Outcome::Failed),
        };
        let audit = self.audit_record(actor.clone(), event, actor, outcome, tracking_id, method.as_str());
        self.store.write(WriteAudit(audit)).await?;
        Ok(proved)
    }

    /// Whether the person may change `factor` with what they show; gives how it was proved.
    pub(super) async fn may_change_factor(
        &self,
        identity: &IdentityId,
        factor: Factor,
        shown: Option<Shown>,
        tracking_id: &Trace,
    ) -> Result<Result<Option<Method>, FactorRefusal>, Error> {
        self.may_change_by(identity, shown, tracking_id, |has, proved| may_change(factor, has, proved)).await
    }

    /// The same by a rule of what is enrolled and what is shown.
    pub(super) async fn may_change_by(
        &self,
        identity: &IdentityId,
        shown: Option<Shown>,
        tracking_id: &Trace,
        rule: impl FnOnce(&BTreeSet<Factor>, Option<Method>) -> Result<(), ChangeRefusal>,
    ) -> Result<Result<Option<Method>, FactorRefusal>, Error> {
        let mut reader = self.store.read().await?;
        let has = enrolled(&mut reader.tx(), identity).await?.factors;
        drop(reader);
        let method = shown.as_ref().map(|shown| shown.method);
        // Asked before the code is used up: one that could not help is not spent.
        if rule(&has, method).is_err() {
            return Ok(Err(FactorRefusal::NeedsProof));
        }
        let Some(shown) = shown else { return Ok(Ok(None)) };
        Ok(match self.prove_factor(identity, shown, tracking_id).await? {
            ProvedFactor::Proved => Ok(method),
            ProvedFactor::Wrong => Err(FactorRefusal::Wrong),
            ProvedFactor::TooMany(wait) => Err(FactorRefusal::TooMany(wait)),
        })
    }
}
