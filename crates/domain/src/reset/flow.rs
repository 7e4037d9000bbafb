//! The states of a flow and the ways between them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::guard::{Guard, kept};
use super::{Binding, Challenge, FlowId, Grant, Method, Proof, Request, ResetPolicy, SessionKey, Standing, Subject};
use crate::timestamp::Timestamp;

/// A flow's whole life, from its first page (requirement R32).
pub const FLOW_LIFE: Duration = Duration::from_secs(600);

/// Wrong answers of one flow, of all methods together; then it is over. Each method has counters of its own besides.
pub const MOST_WRONG: u32 = 15;

/// The form in which flows are stored.
const VERSION: u8 = 1;

/// What a flow is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    SetPassword,
    Unlock,
}

impl Goal {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SetPassword => "set_password",
            Self::Unlock => "unlock",
        }
    }
}

/// The name that was given, and whom it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Named {
    /// In its canonical form; failures are counted by it, known or not.
    pub name_key: String,
    pub subject: Subject,
    /// Of the identity's credentials, now; 0 for nobody.
    pub generation: i64,
}

/// A proof that was counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Counted {
    method: Method,
    used: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Identify,
    Known {
        named: Named,
        proved: Vec<Counted>,
        /// What is being proved now; none while the way is chosen. Whether the proofs are enough is asked anew each time.
        open: Option<Method>,
    },
    Redeemed,
    /// Too many wrong answers.
    Over,
}

/// One person's way, as it is stored: in the database, never in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Flow {
    version: u8,
    id: FlowId,
    session: SessionKey,
    goal: Goal,
    expires_at: Timestamp,
    /// Grows with every way taken; a form made for an earlier one is stale.
    step: u32,
    wrong: u32,
    stage: Stage,
}

/// What the browser is shown. It tells nothing of the identity before a proof, and no more than was proved after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    Identify,
    /// One of these is to be chosen; `proved` went before.
    Choose {
        methods: Vec<Method>,
        proved: Vec<Method>,
    },
    Prove {
        method: Method,
        proved: Vec<Method>,
    },
    /// The goal can be reached now.
    Ready,
    /// It was reached.
    Redeemed,
    /// Too many wrong answers; a new flow is needed.
    Over,
}

/// Why a request changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another browser's; answered as if there were no such flow.
    #[error("there is no such flow in this browser")]
    NotYours,
    #[error("the time for this is over; begin again")]
    Expired,
    #[error("this has ended; begin again")]
    Ended,
    /// The form is of an earlier step, as in a second tab; the page of now is to be shown.
    #[error("this page was overtaken by another; here is where you are")]
    Stale,
    #[error("this cannot be done now")]
    OutOfOrder,
    #[error("this way is not offered")]
    NotOffered,
    /// The proof belongs to another flow, identity, method or step.
    #[error("this proof does not belong here")]
    Foreign,
    /// The identity's credentials changed since its name was given.
    #[error("something else changed this account meanwhile; begin again")]
    Overtaken,
}

/// A stored flow of another version, or a damaged one.
#[derive(Debug, thiserror::Error)]
#[error("a stored flow cannot be read")]
pub struct Unreadable(#[source] Option<serde_json::Error>);

impl Flow {
    /// A flow at its first page.
    #[must_use]
    pub fn begin(id: FlowId, session: SessionKey, goal: Goal, now: Timestamp) -> Self {
        let expires_at = now + FLOW_LIFE;
        Self { version: VERSION, id, session, goal, expires_at, step: 0, wrong: 0, stage: Stage::Identify }
    }

    /// The stored form: JSON, a few hundred bytes.
    ///
    /// # Errors
    /// Never in practice: every part has a JSON form.
    pub fn to_stored(&self) -> Result<String, Unreadable> {
        serde_json::to_string(self).map_err(|e| Unreadable(Some(e)))
    }

    /// Reads what [`to_stored`](Self::to_stored) wrote.
    ///
    /// # Errors
    /// [`Unreadable`]: the flow is to be begun again.
    pub fn from_stored(text: &str) -> Result<Self, Unreadable> {
        let flow: Self = serde_json::from_str(text).map_err(|e| Unreadable(Some(e)))?;
        if flow.version == VERSION { Ok(flow) } else { Err(Unreadable(None)) }
    }

    #[must_use]
    pub fn id(&self) -> &FlowId {
        &self.id
    }

    #[must_use]
    pub fn session(&self) -> &SessionKey {
        &self.session
    }

    #[must_use]
    pub fn goal(&self) -> Goal {
        self.goal
    }

    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// What a form made now has to name.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    #[cfg(test)]
    pub(super) fn set_step(&mut self, step: u32) {
        self.step = step;
    }

    /// The name that was given; none before, and none when the flow has ended.
    #[must_use]
    pub fn named(&self) -> Option<&Named> {
        match &self.stage {
            Stage::Known { named, .. } => Some(named),
            Stage::Identify | Stage::Redeemed | Stage::Over => None,
        }
    }

    /// Whether its end was reached: what came of it may be shown to its browser.
    #[must_use]
    pub fn is_redeemed(&self) -> bool {
        self.stage == Stage::Redeemed
    }

    /// Whether too many wrong answers ended it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// What is being proved now.
    #[must_use]
    pub fn open_method(&self) -> Option<Method> {
        match &self.stage {
            Stage::Known { open, .. } => *open,
            Stage::Identify | Stage::Redeemed | Stage::Over => None,
        }
    }

    #[must_use]
    pub fn page(&self, policy: &ResetPolicy, standing: &Standing) -> Page {
        match &self.stage {
            Stage::Identify => Page::Identify,
            Stage::Known { proved, open: Some(method), .. } => Page::Prove { method: *method, proved: methods(proved) },
            Stage::Known { proved, .. } if is_enough(proved, policy, standing) => Page::Ready,
            Stage::Known { proved, .. } => Page::Choose { methods: policy.methods(), proved: methods(proved) },
            Stage::Redeemed => Page::Redeemed,
            Stage::Over => Page::Over,
        }
    }

    /// Takes a name. Also later, for another one: then what was proved for the one before is gone.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing changed.
    pub fn identify(&mut self, request: Request<'_>, named: Named) -> Result<(), Refusal> {
        self.must_be_open(request)?;
        let proved = match &self.stage {
            Stage::Known { proved, .. } if !kept(Guard::Identify) => proved.clone(),
            _ => Vec::new(),
        };
        self.go_to(Stage::Known { named, proved, open: None });
        Ok(())
    }

    /// Chooses how to prove oneself, first or instead of another way. An open challenge ends unanswered; what was proved stays.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing changed.
    pub fn choose(&mut self, request: Request<'_>, method: Method, policy: &ResetPolicy) -> Result<(), Refusal> {
        self.must_be_open(request)?;
        let (named, mut proved, left) = self.known()?;
        if !policy.offers(method) {
            return Err(Refusal::NotOffered);
        }
        if let Some(left) = left
            && !kept(Guard::AnotherWay)
        {
            proved.push(Counted { method: left, used: String::new() });
        }
        self.go_to(Stage::Known { named, proved, open: Some(method) });
        Ok(())
    }

    /// Back to the choice. What was proved stays; a flow whose end was reached has no way back.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing changed.
    pub fn back(&mut self, request: Request<'_>) -> Result<(), Refusal> {
        self.must_be_open(request)?;
        let (named, proved, open) = self.known()?;
        if open.is_some() {
            self.go_to(Stage::Known { named, proved, open: None });
        }
        Ok(())
    }

    /// What is to be proved now.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn challenge(&self, request: Request<'_>) -> Result<Challenge, Refusal> {
        self.must_be_open(request)?;
        let (named, _, Some(method)) = self.known()? else { return Err(Refusal::OutOfOrder) };
        Ok(Challenge {
            bound: Binding {
                flow: self.id.clone(),
                session: self.session.clone(),
                subject: named.subject,
                method,
                generation: named.generation,
                step: self.step,
                expires_at: self.expires_at,
            },
        })
    }

    /// Counts a wrong answer. With too many the flow is over.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing changed.
    pub fn count_wrong(&mut self, request: Request<'_>) -> Result<(), Refusal> {
        self.must_be_open(request)?;
        let (_, _, Some(_)) = self.known()? else { return Err(Refusal::OutOfOrder) };
        self.wrong = self.wrong.saturating_add(1);
        if self.wrong >= MOST_WRONG {
            self.go_to(Stage::Over);
        }
        Ok(())
    }

    /// Counts a proof: it must be of this flow's open step in every part.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing changed, and the proof is gone.
    pub fn accept(&mut self, request: Request<'_>, proof: Proof) -> Result<(), Refusal> {
        self.must_be_open(request)?;
        let (named, mut proved, Some(method)) = self.known()? else { return Err(Refusal::OutOfOrder) };
        let Binding { flow, session, subject, method: of, generation, step, expires_at: _ } = &proof.bound;
        let belongs = [
            (Guard::Subject, *flow == self.id && *session == self.session && *subject == named.subject),
            (Guard::OpenStep, *step == self.step && *of == method),
            (Guard::Generation, *generation == named.generation),
        ];
        if belongs.into_iter().any(|(guard, holds)| kept(guard) && !holds) {
            return Err(Refusal::Foreign);
        }
        proved.push(Counted { method, used: proof.used });
        self.go_to(Stage::Known { named, proved, open: None });
        Ok(())
    }

    /// Gives the right to the goal, once, if what was proved is enough by the rules of now. `generation`: of the identity's
    /// credentials, as the database has it.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing changed.
    pub fn redeem(
        &mut self,
        request: Request<'_>,
        policy: &ResetPolicy,
        standing: &Standing,
        generation: i64,
    ) -> Result<Grant, Refusal> {
        self.must_be_open(request)?;
        let (named, proved, _) = self.known()?;
        if kept(Guard::Enough) && !is_enough(&proved, policy, standing) {
            return Err(Refusal::OutOfOrder);
        }
        let Subject::Identity(identity) = named.subject else { return Err(Refusal::OutOfOrder) };
        if kept(Guard::Generation) && named.generation != generation {
            return Err(Refusal::Overtaken);
        }
        let grant = Grant { identity, goal: self.goal, methods: methods(&proved), flow: self.id.clone(), generation };
        if kept(Guard::Redeemed) {
            self.go_to(Stage::Redeemed);
        }
        Ok(grant)
    }

    fn known(&self) -> Result<(Named, Vec<Counted>, Option<Method>), Refusal> {
        match &self.stage {
            Stage::Known { named, proved, open } => Ok((named.clone(), proved.clone(), *open)),
            Stage::Identify | Stage::Redeemed | Stage::Over => Err(Refusal::OutOfOrder),
        }
    }

    /// The checks that every request passes, in this order: nothing is told of a flow to another browser.
    fn must_be_open(&self, request: Request<'_>) -> Result<(), Refusal> {
        if kept(Guard::Session) && self.session != *request.session {
            return Err(Refusal::NotYours);
        }
        let has_begun = self.expires_at - FLOW_LIFE <= request.now;
        if kept(Guard::Expiry) && !(has_begun && request.now < self.expires_at) {
            return Err(Refusal::Expired);
        }
        if matches!(self.stage, Stage::Redeemed | Stage::Over) {
            return Err(Refusal::Ended);
        }
        if request.step != self.step {
            return Err(Refusal::Stale);
        }
        Ok(())
    }

    fn go_to(&mut self, stage: Stage) {
        self.stage = stage;
        self.step = self.step.saturating_add(1);
    }
}

fn is_enough(proved: &[Counted], policy: &ResetPolicy, standing: &Standing) -> bool {
    policy.is_met(&proved.iter().map(|counted| counted.method).collect(), standing)
}

fn methods(proved: &[Counted]) -> Vec<Method> {
    proved.iter().map(|counted| counted.method).collect()
}
