//! Two people, two browsers, the machine as the use cases drive it, and the second book.

use std::collections::BTreeSet;

use super::actions::Action;
use super::ghost::{Evidence, Ghost};
use crate::ids::IdentityId;
use crate::reset::{
    Challenge, Channel, FLOW_LIFE, Flow, FlowId, Goal, Method, Named, Page, Proof, Request, ResetPolicy, SessionKey,
    Standing, Subject, Verdict, Weight,
};
use crate::timestamp::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum User {
    Victim,
    Attacker,
}

/// A browser, and the one flow in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Site {
    Victims,
    Attackers,
}

impl Site {
    pub(super) fn other(self) -> Self {
        if self == Self::Victims { Self::Attackers } else { Self::Victims }
    }

    fn key(self) -> SessionKey {
        SessionKey::new(if self == Self::Victims { "v" } else { "a" })
    }
}

impl User {
    fn id(self) -> IdentityId {
        IdentityId::from_random([self as u8; 16])
    }

    fn of(subject: &Subject) -> Option<Self> {
        [Self::Victim, Self::Attacker].into_iter().find(|user| subject.identity() == Some(&user.id()))
    }
}

#[derive(Clone, Hash)]
struct Place {
    flow: Flow,
    ghost: Ghost,
}

#[derive(Clone, Hash)]
pub(super) struct World {
    have_factors: bool,
    places: [Option<Place>; 2],
    generations: [u8; 2],
    late: bool,
    /// Taken by the single-use gate.
    used: BTreeSet<Evidence>,
    /// Gone into a grant.
    spent: Vec<Evidence>,
    judged: Option<(Proof, Evidence)>,
}

/// True for a grant; an error for one that should not be.
pub(super) type Outcome = Result<bool, String>;

thread_local! {
    static POLICY: ResetPolicy = policy();
}

/// Own factors and the help desk's digits are enough; of mail and questions it takes both.
fn policy() -> ResetPolicy {
    let weight = |method: Method| match method.channel() {
        Channel::Mailbox | Channel::Memory => Weight::Half,
        _ => Weight::Whole,
    };
    ResetPolicy::new(Method::ALL.map(|method| (method, weight(method))), false).unwrap()
}

impl World {
    /// `have_factors`: both people have enrolled every own factor; otherwise none.
    pub(super) fn new(have_factors: bool) -> Self {
        Self {
            have_factors,
            places: [None, None],
            generations: [0; 2],
            late: false,
            used: BTreeSet::new(),
            spent: Vec::new(),
            judged: None,
        }
    }

    /// Carries a request out; `None`: it is refused, or not possible.
    pub(super) fn apply(&mut self, action: Action) -> Option<Outcome> {
        match action {
            Action::Begin(site, goal, name) => self.begin(site, goal, name),
            Action::Rename(site, name) => self.rename(site, name)?,
            Action::Choose(site, method) => {
                self.leave(site)?;
                let (now, place) = (self.now(), self.place(site)?);
                let request = request(&place.flow, &site, now);
                POLICY.with(|policy| place.flow.choose(request.as_request(), method, policy)).ok()?;
            }
            Action::Back(site) => {
                self.leave(site)?;
                let (now, place) = (self.now(), self.place(site)?);
                let request = request(&place.flow, &site, now);
                place.flow.back(request.as_request()).ok()?;
            }
            Action::Answer(site, user) => {
                let challenge = self.challenge(site, site)?;
                let evidence = self.fresh(site, user, &challenge)?;
                self.answer(site, challenge, evidence)?;
            }
            Action::Replay(site, user) => {
                let challenge = self.challenge(site, site)?;
                let method = challenge.bound().method;
                let last = self.used.iter().rev().find(|used| used.owner == user && used.method == method)?;
                let evidence = last.clone();
                self.answer(site, challenge, evidence)?;
            }
            Action::Judge(site, user) => {
                let challenge = self.challenge(site, site)?;
                let evidence = self.fresh(site, user, &challenge)?;
                let (verdict, is_right) = self.verify(&challenge, &evidence);
                let proof = challenge.judge(verdict).ok()?;
                self.place(site)?.ghost.judged = is_right.then(|| evidence.clone());
                self.judged = Some((proof, evidence));
            }
            Action::Hand(site) => {
                let (proof, evidence) = self.judged.take()?;
                self.hand(site, site, proof)?;
                let ghost = &mut self.place(site)?.ghost;
                if ghost.judged.take().as_ref() == Some(&evidence) {
                    ghost.proved.push(evidence);
                }
            }
            Action::OpenMail { flow, browser } => {
                let challenge = self.challenge(flow, browser)?;
                let owner = User::of(&challenge.bound().subject)?;
                if challenge.bound().method.channel() != Channel::Mailbox {
                    return None;
                }
                let evidence = self.fresh(browser, owner, &challenge)?;
                let (verdict, _) = self.verify(&challenge, &evidence);
                let proof = challenge.judge(verdict).ok()?;
                self.hand(flow, browser, proof)?;
            }
            Action::Redeem { flow, browser } => return self.redeem(flow, browser),
            Action::Expire if !self.late => self.late = true,
            Action::Expire => return None,
            Action::Change(user) if self.generations[user as usize] == 0 => self.generations[user as usize] = 1,
            Action::Change(_) => return None,
        }
        Some(Ok(false))
    }

    /// Whether there is any point in trying: a look that costs less than a copy of the world.
    pub(super) fn may_be(&self, action: Action) -> bool {
        let place = |site: Site| self.places[site as usize].as_ref();
        let open = |site: Site| place(site).and_then(|place| place.flow.open_method());
        match action {
            Action::Begin(..) => true,
            Action::Expire => !self.late,
            Action::Change(user) => self.generations[user as usize] == 0,
            Action::Rename(site, _) | Action::Redeem { flow: site, .. } => place(site).is_some(),
            // More proofs than are enough change nothing: a test of the policy shows that they never are too many.
            Action::Choose(site, method) => {
                place(site).is_some_and(|place| !self.is_ready(place)) && self.stands_for_its_like(method)
            }
            Action::Back(site) => open(site).is_some(),
            Action::Answer(site, _) | Action::Judge(site, _) | Action::Replay(site, _) => {
                open(site).is_some_and(|method| self.have_factors || !method.is_own_factor())
            }
            Action::Hand(site) => self.judged.is_some() && open(site).is_some(),
            Action::OpenMail { flow, .. } => open(flow).is_some_and(|method| method.channel() == Channel::Mailbox),
        }
    }

    /// Whether it is a right answer, or takes what was proved.
    pub(super) fn leads_on(&self, action: Action) -> bool {
        match action {
            Action::Answer(..) => true,
            Action::Redeem { flow, browser } => {
                flow == browser && self.places[flow as usize].as_ref().is_some_and(|place| self.is_ready(place))
            }
            _ => false,
        }
    }

    fn is_ready(&self, place: &Place) -> bool {
        POLICY.with(|policy| place.flow.page(policy, &self.standing())) == Page::Ready
    }

    fn standing(&self) -> Standing {
        let enrolled = Method::ALL.into_iter().filter(|method| self.have_factors && method.is_own_factor()).collect();
        Standing { enrolled, is_privileged: false }
    }

    /// The own factors are all alike to the machine, and so are the two mails: of those that are nowhere in the world the first one
    /// stands for the others. What could be done with another one is done with it.
    fn stands_for_its_like(&self, method: Method) -> bool {
        let is_like = |other: &Method| match method.channel() {
            Channel::Mailbox => other.channel() == Channel::Mailbox,
            _ if method.is_own_factor() => other.is_own_factor(),
            _ => *other == method,
        };
        let unseen = |other: &Method| *other == method || !self.has(*other);
        self.has(method) || Method::ALL.into_iter().filter(is_like).find(unseen) == Some(method)
    }

    fn has(&self, method: Method) -> bool {
        let in_places = self.places.iter().flatten().any(|place| {
            place.flow.open_method() == Some(method) || place.ghost.proved.iter().any(|proof| proof.method == method)
        });
        in_places
            || self.used.iter().chain(&self.spent).any(|evidence| evidence.method == method)
            || self.judged.as_ref().is_some_and(|(_, evidence)| evidence.method == method)
    }

    /// Forgets what nothing can be done with any more, so that worlds which differ in it alone are one. Steps that nothing refers to
    /// start again: two flows then stand at the same step as often as an attacker could bring about.
    pub(super) fn tidy(&mut self) {
        let judged_in = self.judged.as_ref().map(|(proof, _)| proof.bound.flow.clone());
        let live: Vec<FlowId> = self.places.iter().flatten().map(|place| place.flow.id().clone()).collect();
        let is_mail = |evidence: &Evidence| evidence.method.channel() == Channel::Mailbox;
        let of = |evidence: &Evidence, id: &FlowId| is_mail(evidence) && evidence.number.0.to_string() == id.as_str();
        self.used.retain(|evidence| !is_mail(evidence) || live.iter().any(|id| of(evidence, id)));
        let proved = |evidence: &Evidence| self.places.iter().flatten().any(|p| p.ghost.proved.contains(evidence));
        let keep: Vec<_> = self.spent.iter().filter(|evidence| proved(evidence)).cloned().collect();
        self.spent = keep;
        self.renumber();
        for place in self.places.iter_mut().flatten() {
            let id = place.flow.id().clone();
            if judged_in.as_ref() != Some(&id) && !self.used.iter().any(|evidence| of(evidence, &id)) {
                place.flow.set_step(1);
            }
        }
    }

    /// Counts the codes anew of which something is known still: only their order matters, and which were used.
    fn renumber(&mut self) {
        let mut known: BTreeSet<Evidence> = self.spent.iter().cloned().collect();
        for place in self.places.iter().flatten() {
            known.extend(place.ghost.proved.iter().chain(&place.ghost.judged).cloned());
        }
        known.extend(self.judged.iter().map(|(_, evidence)| evidence.clone()));
        for owner in [User::Victim, User::Attacker] {
            for method in Method::ALL.into_iter().filter(|method| method.channel() != Channel::Mailbox) {
                let is_of = |evidence: &&Evidence| evidence.owner == owner && evidence.method == method;
                let last = self.used.iter().rfind(is_of).cloned();
                let kept: BTreeSet<Evidence> = known.iter().filter(is_of).cloned().chain(last).collect();
                let new = |old: &Evidence| {
                    let number = u8::try_from(kept.iter().position(|kept| kept == old).unwrap()).unwrap();
                    Evidence { number: (number, 0), ..old.clone() }
                };
                if kept.iter().all(|old| new(old) == *old) && self.used.iter().filter(is_of).count() == kept.len() {
                    continue;
                }
                self.used.retain(|evidence| !is_of(&evidence));
                self.used.extend(kept.iter().map(new));
                let of_places = self.places.iter_mut().flatten();
                let in_places = of_places.flat_map(|p| p.ghost.proved.iter_mut().chain(&mut p.ghost.judged));
                let judged = self.judged.iter_mut().map(|(_, evidence)| evidence);
                for evidence in in_places.chain(judged).chain(&mut self.spent) {
                    if is_of(&&*evidence) {
                        *evidence = new(evidence);
                    }
                }
            }
        }
    }

    /// A flow id that nothing refers to.
    fn unused_id(&self) -> FlowId {
        let judged_in = self.judged.as_ref().map(|(proof, _)| &proof.bound.flow);
        let taken: Vec<_> = self.places.iter().flatten().map(|place| place.flow.id()).chain(judged_in).collect();
        (0..4_u8).map(|n| FlowId::new(n.to_string())).find(|id| !taken.contains(&id)).unwrap()
    }

    fn now(&self) -> Timestamp {
        if self.late { Timestamp(0) + FLOW_LIFE } else { Timestamp(0) }
    }

    fn place(&mut self, site: Site) -> Option<&mut Place> {
        self.places[site as usize].as_mut()
    }

    fn named(&self, name: Option<User>) -> Named {
        match name {
            None => Named { name_key: "x".into(), subject: Subject::Nobody, generation: 0 },
            Some(user) => Named {
                name_key: format!("{}", user as u8),
                subject: Subject::Identity(user.id()),
                generation: i64::from(self.generations[user as usize]),
            },
        }
    }

    fn ghost(&self, name: Option<User>, goal: Goal, begun_late: bool) -> Ghost {
        let generation = name.map_or(0, |user| self.generations[user as usize]);
        Ghost { subject: name, goal, begun_late, generation, judged: None, proved: Vec::new() }
    }

    fn begin(&mut self, site: Site, goal: Goal, name: Option<User>) {
        let (session, now) = (site.key(), self.now());
        self.places[site as usize] = None;
        let mut flow = Flow::begin(self.unused_id(), session.clone(), goal, now);
        flow.identify(Request { session: &session, now, step: 0 }, self.named(name)).unwrap();
        let ghost = self.ghost(name, goal, self.late);
        self.places[site as usize] = Some(Place { flow, ghost });
    }

    fn rename(&mut self, site: Site, name: Option<User>) -> Option<()> {
        let (now, named) = (self.now(), self.named(name));
        let Place { ghost, .. } = self.places[site as usize].as_ref()?;
        let fresh = self.ghost(name, ghost.goal, ghost.begun_late);
        self.leave(site)?;
        let place = self.place(site)?;
        let request = request(&place.flow, &site, now);
        place.flow.identify(request.as_request(), named).ok()?;
        place.ghost = fresh;
        Some(())
    }

    /// What was judged for the open step is nothing for the next.
    fn leave(&mut self, site: Site) -> Option<()> {
        self.place(site)?.ghost.judged = None;
        Some(())
    }

    fn challenge(&mut self, flow: Site, browser: Site) -> Option<Challenge> {
        let now = self.now();
        let flow = &self.place(flow)?.flow;
        flow.challenge(request(flow, &browser, now).as_request()).ok()
    }

    /// What `user` has to answer a challenge with and never used. The victim answers in the victim's browser alone.
    fn fresh(&self, browser: Site, user: User, challenge: &Challenge) -> Option<Evidence> {
        let bound = challenge.bound();
        if user == User::Victim && browser != Site::Victims || bound.method.is_own_factor() && !self.have_factors {
            return None;
        }
        let number = match bound.method.channel() {
            // A mail is for one step of one flow, and comes to the one whose name was given.
            Channel::Mailbox if User::of(&bound.subject) != Some(user) => return None,
            Channel::Mailbox => (bound.flow.as_str().parse().unwrap(), bound.step),
            _ => {
                let used = self.used.iter().filter(|used| used.owner == user && used.method == bound.method);
                (used.map(|used| used.number.0 + 1).max().unwrap_or(0), 0)
            }
        };
        Some(Evidence { owner: user, method: bound.method, number })
    }

    /// The verifier, with the single-use gate. Also gives whether the answer should count.
    fn verify(&mut self, challenge: &Challenge, evidence: &Evidence) -> (Verdict, bool) {
        let bound = challenge.bound();
        let is_mail = bound.method.channel() == Channel::Mailbox;
        let is_right = bound.subject == Subject::Identity(evidence.owner.id())
            && bound.method == evidence.method
            && (!is_mail || (bound.flow.as_str() == evidence.number.0.to_string() && bound.step == evidence.number.1));
        let is_first_use = is_right && self.used.insert(evidence.clone());
        (Verdict { is_right, is_first_use, used: String::new() }, is_right && is_first_use)
    }

    fn answer(&mut self, site: Site, challenge: Challenge, evidence: Evidence) -> Option<()> {
        let (verdict, is_right) = self.verify(&challenge, &evidence);
        let proof = challenge.judge(verdict).ok()?;
        self.hand(site, site, proof)?;
        if is_right {
            self.place(site)?.ghost.proved.push(evidence);
        }
        Some(())
    }

    fn hand(&mut self, flow: Site, browser: Site, proof: Proof) -> Option<()> {
        let now = self.now();
        let flow = &mut self.place(flow)?.flow;
        let request = request(flow, &browser, now);
        flow.accept(request.as_request(), proof).ok()
    }

    fn redeem(&mut self, flow: Site, browser: Site) -> Option<Outcome> {
        let (now, late, have_factors) = (self.now(), self.late, self.have_factors);
        let standing = self.standing();
        let subject = self.place(flow)?.flow.named()?.subject.clone();
        let generation = User::of(&subject).map_or(0, |user| self.generations[user as usize]);
        let place = self.places[flow as usize].as_mut()?;
        let request = request(&place.flow, &browser, now);
        let grant = POLICY
            .with(|policy| place.flow.redeem(request.as_request(), policy, &standing, i64::from(generation)).ok())?;
        let user = User::of(&Subject::Identity(grant.identity().clone()))?;
        let ghost = &place.ghost;
        let wrong = if flow != browser {
            Some("a grant in another browser".to_owned())
        } else if ghost.begun_late != late {
            Some("a grant after the time was over".to_owned())
        } else if ghost.generation != generation {
            Some("a grant after the credentials changed".to_owned())
        } else if ghost.goal != grant.goal() {
            Some("a grant for another goal".to_owned())
        } else {
            ghost.fault(user, have_factors, &self.spent)
        };
        if let Some(wrong) = wrong {
            return Some(Err(wrong));
        }
        self.spent.extend(ghost.proved.iter().cloned());
        self.spent.sort();
        if grant.goal() == Goal::SetPassword {
            self.generations[user as usize] += 1;
        }
        Some(Ok(true))
    }
}

/// The facts of a request that knows the step of now.
struct Facts {
    session: SessionKey,
    now: Timestamp,
    step: u32,
}

impl Facts {
    fn as_request(&self) -> Request<'_> {
        Request { session: &self.session, now: self.now, step: self.step }
    }
}

fn request(flow: &Flow, browser: &Site, now: Timestamp) -> Facts {
    Facts { session: browser.key(), now, step: flow.step() }
}
