//! Which proofs an installation takes, and how many are enough.

use std::collections::{BTreeMap, BTreeSet};

use super::guard::{Guard, kept};
use super::{Channel, Method};

/// What a proof is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Two of these, through different channels, are needed.
    Half,
    /// One of these is enough.
    Whole,
}

/// Why a policy is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    #[error("security questions can only be one of two proofs: their answers can be found out")]
    QuestionsAlone,
    #[error("a mailed code or link as the only proof needs the acknowledgement of its risk")]
    MailAlone,
    #[error("no combination of these proofs is ever enough")]
    NoWayThrough,
}

/// The methods that are offered, each with its weight; what is absent is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetPolicy {
    weights: BTreeMap<Method, Weight>,
}

/// What is known of the person, at the time of the question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The own factors the person has enrolled.
    pub enrolled: BTreeSet<Method>,
    /// An administrator or a member of the help desk: digits read over the telephone are not enough (requirement R41).
    pub is_privileged: bool,
}

impl Default for ResetPolicy {
    /// Own factors and the help desk's digits. Mail and questions are off (requirement R47).
    fn default() -> Self {
        let whole = [Method::Totp, Method::Passkey, Method::RecoveryCode, Method::DigitToken];
        Self { weights: whole.map(|method| (method, Weight::Whole)).into() }
    }
}

impl ResetPolicy {
    /// `accepts_mail_risk`: an administrator has acknowledged that whoever reads a person's mail can then take their accounts.
    ///
    /// # Errors
    /// [`PolicyFault`]: proofs that must not be enough alone would be, or no proofs would be enough.
    pub fn new(
        weights: impl IntoIterator<Item = (Method, Weight)>,
        accepts_mail_risk: bool,
    ) -> Result<Self, PolicyFault> {
        let weights: BTreeMap<_, _> = weights.into_iter().collect();
        for (method, weight) in &weights {
            match (method.channel(), weight) {
                (Channel::Memory, Weight::Whole) => return Err(PolicyFault::QuestionsAlone),
                (Channel::Mailbox, Weight::Whole) if !accepts_mail_risk => return Err(PolicyFault::MailAlone),
                _ => {}
            }
        }
        let policy = Self { weights };
        let all = Method::ALL.into_iter().collect();
        if policy.is_met(&all, &Standing::default()) { Ok(policy) } else { Err(PolicyFault::NoWayThrough) }
    }

    /// The methods that are offered, to everybody alike.
    #[must_use]
    pub fn methods(&self) -> Vec<Method> {
        self.weights.keys().copied().collect()
    }

    #[must_use]
    pub fn offers(&self, method: Method) -> bool {
        self.weights.contains_key(&method)
    }

    /// Whether these proofs of a person are enough.
    #[must_use]
    pub fn is_met(&self, proved: &BTreeSet<Method>, standing: &Standing) -> bool {
        let counted: Vec<_> = proved.iter().filter_map(|m| Some((*m, self.weight(*m, standing)?))).collect();
        let owes_factor = kept(Guard::OwnFactor) && !standing.enrolled.is_empty();
        if owes_factor && !counted.iter().any(|(method, _)| method.is_own_factor()) {
            return false;
        }
        if counted.iter().any(|(_, weight)| *weight == Weight::Whole) {
            return true;
        }
        if !kept(Guard::Channels) {
            return counted.len() >= 2;
        }
        let channels: BTreeSet<_> = counted.iter().map(|(method, _)| method.channel()).collect();
        channels.len() >= 2
    }

    fn weight(&self, method: Method, standing: &Standing) -> Option<Weight> {
        let weight = *self.weights.get(&method)?;
        let over_telephone = method.channel() == Channel::HelpDesk && standing.is_privileged;
        Some(if over_telephone { Weight::Half } else { weight })
    }
}
