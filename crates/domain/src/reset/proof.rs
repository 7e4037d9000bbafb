//! Challenge, proof and grant: each is made of the one before, here alone.

use super::guard::{Guard, kept};
use super::{Binding, FlowId, Goal, Method};
use crate::ids::IdentityId;

/// What a person is asked to prove now. A verifier answers it; see [`Challenge::judge`].
#[derive(Debug)]
#[cfg_attr(test, derive(Clone, PartialEq, Eq, Hash))]
pub struct Challenge {
    pub(super) bound: Binding,
}

/// What a verifier found out about an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The answer is the right one for the challenge's identity, flow and step.
    pub is_right: bool,
    /// What was answered with had not been used, and is used up now: a single-use gate of the database said so.
    pub is_first_use: bool,
    /// What it was, for the audit: `totp:58921234`, `digit_token:…`. Never a secret.
    pub used: String,
}

/// The answer does not count. Which of the reasons it was is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this was not the right answer, or it was used before")]
pub struct Wrong;

/// A right answer to one challenge, which counts once.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone, PartialEq, Eq, Hash))]
pub struct Proof {
    pub(super) bound: Binding,
    pub(super) used: String,
}

/// The right to set one identity's password, or to unlock its accounts, once.
#[derive(Debug)]
pub struct Grant {
    pub(super) identity: IdentityId,
    pub(super) goal: Goal,
    pub(super) methods: Vec<Method>,
    pub(super) flow: FlowId,
    pub(super) generation: i64,
}

impl Challenge {
    /// What is to be proved, by whom and in which step.
    #[must_use]
    pub fn bound(&self) -> &Binding {
        &self.bound
    }

    /// Makes a right first answer a proof.
    ///
    /// # Errors
    /// [`Wrong`]; also when there is nobody behind the name.
    pub fn judge(self, verdict: Verdict) -> Result<Proof, Wrong> {
        let is_first_use = verdict.is_first_use || !kept(Guard::FirstUse);
        let somebody = self.bound.subject.identity().is_some();
        if !(somebody && verdict.is_right && is_first_use) {
            return Err(Wrong);
        }
        Ok(Proof { bound: self.bound, used: verdict.used })
    }
}

impl Grant {
    #[must_use]
    pub fn identity(&self) -> &IdentityId {
        &self.identity
    }

    #[must_use]
    pub fn goal(&self) -> Goal {
        self.goal
    }

    /// How the person proved themselves; for the audit.
    #[must_use]
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    #[must_use]
    pub fn flow(&self) -> &FlowId {
        &self.flow
    }

    /// The generation of the identity's credentials that this grant ends: it must be the one in the database still.
    #[must_use]
    pub fn generation(&self) -> i64 {
        self.generation
    }
}
