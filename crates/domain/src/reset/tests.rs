use std::collections::BTreeSet;

use super::*;
use crate::ids::IdentityId;
use crate::timestamp::Timestamp;

/// A person, by a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Person(u8);

pub(super) const A: Person = Person(1);
pub(super) const B: Person = Person(2);

impl Person {
    pub(super) fn id(self) -> IdentityId {
        IdentityId::from_random([self.0; 16])
    }
}

pub(super) fn right() -> Verdict {
    Verdict { is_right: true, is_first_use: true, used: "test".into() }
}

/// One flow in one browser, with a form of now.
pub(super) struct Case {
    pub(super) flow: Flow,
    pub(super) session: SessionKey,
    pub(super) now: Timestamp,
    pub(super) policy: ResetPolicy,
    pub(super) standing: Standing,
    pub(super) generation: i64,
}

impl Case {
    pub(super) fn new(goal: Goal) -> Self {
        thread_local!(static MADE: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
        MADE.set(MADE.get() + 1);
        let session = SessionKey::new("browser");
        Self {
            flow: Flow::begin(FlowId::new(format!("flow{}", MADE.get())), session.clone(), goal, Timestamp(0)),
            session,
            now: Timestamp(0),
            policy: ResetPolicy::default(),
            standing: Standing::default(),
            generation: 3,
        }
    }

    pub(super) fn named(person: Person) -> Self {
        let mut case = Self::new(Goal::SetPassword);
        case.identify(person);
        case
    }

    pub(super) fn request(&self) -> Request<'_> {
        Request { session: &self.session, now: self.now, step: self.flow.step() }
    }

    pub(super) fn with(
        &mut self,
        step: impl FnOnce(&mut Flow, Request<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let session = self.session.clone();
        let request = Request { session: &session, now: self.now, step: self.flow.step() };
        step(&mut self.flow, request)
    }

    pub(super) fn identify(&mut self, person: Person) {
        let subject = Subject::Identity(person.id());
        self.try_identify(Named { name_key: "x".into(), subject, generation: 3 }).unwrap();
    }

    fn try_identify(&mut self, named: Named) -> Result<(), Refusal> {
        self.with(|flow, request| flow.identify(request, named))
    }

    pub(super) fn choose(&mut self, method: Method) {
        self.try_choose(method).unwrap();
    }

    pub(super) fn try_choose(&mut self, method: Method) -> Result<(), Refusal> {
        let policy = self.policy.clone();
        self.with(|flow, request| flow.choose(request, method, &policy))
    }

    pub(super) fn back(&mut self) {
        self.with(Flow::back).unwrap();
    }

    pub(super) fn challenge(&self) -> Challenge {
        self.flow.challenge(self.request()).unwrap()
    }

    pub(super) fn accept(&mut self, proof: Proof) -> Result<(), Refusal> {
        self.with(|flow, request| flow.accept(request, proof))
    }

    pub(super) fn prove(&mut self, method: Method) {
        self.choose(method);
        let proof = self.challenge().judge(right()).unwrap();
        self.accept(proof).unwrap();
    }

    pub(super) fn redeem(&mut self) -> Result<Grant, Refusal> {
        let session = self.session.clone();
        let request = Request { session: &session, now: self.now, step: self.flow.step() };
        self.flow.redeem(request, &self.policy, &self.standing, self.generation)
    }

    pub(super) fn page(&self) -> Page {
        self.flow.page(&self.policy, &self.standing)
    }
}

/// The proofs with their weights, whether questions are on, and what is wrong.
type Judged<'a> = (&'a [(Method, Weight)], bool, Option<PolicyFault>);

#[test]
fn policies_that_are_refused() {
    use Method::*;
    use Weight::{Half, Whole};
    let cases: [Judged<'_>; 10] = [
        (&[(Totp, Whole)], false, None),
        (&[(SecurityQuestions, Whole), (Totp, Whole)], true, Some(PolicyFault::QuestionsAlone)),
        (&[(MailedCode, Whole)], false, Some(PolicyFault::MailAlone)),
        (&[(MailedLink, Whole), (Totp, Whole)], false, Some(PolicyFault::MailAlone)),
        (&[(MailedCode, Whole)], true, None),
        (&[], false, Some(PolicyFault::NoWayThrough)),
        (&[(SecurityQuestions, Half)], false, Some(PolicyFault::NoWayThrough)),
        (&[(MailedCode, Half), (MailedLink, Half)], false, Some(PolicyFault::NoWayThrough)),
        (&[(MailedCode, Half), (SecurityQuestions, Half)], false, None),
        (&[(MailedCode, Half), (DigitToken, Half)], false, None),
    ];
    for (weights, accepts_mail_risk, fault) in cases {
        let made = ResetPolicy::new(weights.iter().copied(), accepts_mail_risk);
        assert_eq!(made.err(), fault, "{weights:?} {accepts_mail_risk}");
    }
    let default = ResetPolicy::default();
    for off in [MailedCode, MailedLink, SecurityQuestions, ThirdParty] {
        assert!(!default.offers(off), "{off:?}");
    }
}

#[test]
fn what_is_enough() {
    use Method::*;
    let weight = |m: Method| {
        let halves = [MailedCode, MailedLink, SecurityQuestions];
        (m, if halves.contains(&m) { Weight::Half } else { Weight::Whole })
    };
    let policy = ResetPolicy::new(Method::ALL.map(weight), false).unwrap();
    let standing =
        |enrolled: &[Method], is_privileged| Standing { enrolled: enrolled.iter().copied().collect(), is_privileged };
    let cases: [(&[Method], Standing, bool); 14] = [
        (&[], standing(&[], false), false),
        (&[Totp], standing(&[Totp], false), true),
        (&[RecoveryCode], standing(&[Totp, RecoveryCode], false), true),
        (&[DigitToken], standing(&[], false), true),
        (&[DigitToken], standing(&[Totp], false), false),
        (&[DigitToken, MailedCode], standing(&[Passkey], false), false),
        (&[DigitToken, Totp], standing(&[Totp], true), true),
        (&[DigitToken], standing(&[], true), false),
        (&[DigitToken, MailedCode], standing(&[], true), true),
        (&[MailedCode], standing(&[], false), false),
        (&[MailedCode, MailedLink], standing(&[], false), false),
        (&[MailedCode, SecurityQuestions], standing(&[], false), true),
        (&[SecurityQuestions], standing(&[], false), false),
        (&[MailedCode, SecurityQuestions], standing(&[Totp], false), false),
    ];
    for (proved, standing, wanted) in cases {
        let set: BTreeSet<_> = proved.iter().copied().collect();
        assert_eq!(policy.is_met(&set, &standing), wanted, "{proved:?} {standing:?}");
    }
    let totp = BTreeSet::from([Totp]);
    let without = ResetPolicy::new([(DigitToken, Weight::Whole)], false).unwrap();
    assert!(!without.is_met(&totp, &Standing::default()), "a method that is off counts no more");
}

/// What is enough stays enough with more: the walk over all requests leaves what comes after out.
#[test]
fn more_proofs_are_never_too_many() {
    let policy =
        ResetPolicy::new(Method::ALL.map(|m| (m, if m.is_own_factor() { Weight::Whole } else { Weight::Half })), false);
    let policy = policy.unwrap();
    let sets = (0..1_u32 << Method::ALL.len()).map(|bits| {
        Method::ALL.into_iter().enumerate().filter(|(n, _)| bits >> n & 1 == 1).map(|(_, m)| m).collect::<BTreeSet<_>>()
    });
    let mut met = 0;
    for set in sets {
        for is_privileged in [false, true] {
            for enrolled in [BTreeSet::new(), BTreeSet::from([Method::Totp])] {
                let standing = Standing { enrolled, is_privileged };
                if policy.is_met(&set, &standing) {
                    met += 1;
                    let with = |m| set.iter().copied().chain([m]).collect();
                    assert!(
                        Method::ALL.into_iter().all(|m| policy.is_met(&with(m), &standing)),
                        "{set:?} {standing:?}"
                    );
                }
            }
        }
    }
    assert!(met > 500, "{met}");
}

#[test]
fn a_way_in_two_proofs_keeps_the_first_one() {
    let mut case = Case::named(A);
    case.policy = ResetPolicy::new(Method::ALL.map(|method| (method, Weight::Half)), false).unwrap();
    case.prove(Method::MailedCode);
    let proved = vec![Method::MailedCode];
    assert!(matches!(case.page(), Page::Choose { proved: shown, .. } if shown == proved));
    case.choose(Method::Totp);
    assert_eq!(case.page(), Page::Prove { method: Method::Totp, proved: proved.clone() });
    case.back();
    case.choose(Method::DigitToken);
    assert_eq!(case.page(), Page::Prove { method: Method::DigitToken, proved }, "back never loses a proof");
    let proof = case.challenge().judge(right()).unwrap();
    case.accept(proof).unwrap();
    assert_eq!(case.page(), Page::Ready);
    assert_eq!(case.redeem().unwrap().methods(), [Method::MailedCode, Method::DigitToken]);
    assert_eq!(case.page(), Page::Redeemed);
}

#[test]
fn a_second_tab_is_told_where_it_is() {
    let mut case = Case::named(A);
    case.choose(Method::Totp);
    let stale = case.flow.step();
    case.choose(Method::RecoveryCode);
    let before = case.flow.clone();
    let request = Request { session: &case.session, now: case.now, step: stale };
    let mut flow = case.flow.clone();
    assert_eq!(flow.challenge(request).unwrap_err(), Refusal::Stale);
    assert_eq!(flow.back(request), Err(Refusal::Stale));
    assert_eq!(flow.choose(request, Method::Totp, &case.policy), Err(Refusal::Stale));
    assert_eq!(flow.count_wrong(request), Err(Refusal::Stale), "nor is it counted");
    assert_eq!(flow, before);
}

#[test]
fn what_changed_meanwhile_ends_a_grant() {
    let mut case = Case::named(A);
    case.prove(Method::Totp);
    case.generation = 4;
    assert_eq!(case.redeem().unwrap_err(), Refusal::Overtaken);
    case.generation = 3;
    case.standing.is_privileged = true;
    assert!(case.redeem().is_ok(), "an own factor is enough for the privileged too");
    let mut by_token = Case::named(A);
    by_token.prove(Method::DigitToken);
    by_token.standing.enrolled.insert(Method::Totp);
    assert_eq!(by_token.redeem().unwrap_err(), Refusal::OutOfOrder, "a factor was enrolled since");
}

/// Whatever is asked and answered wrongly, a flow for nobody shows what a flow for somebody shows.
#[test]
fn an_unknown_name_is_told_the_same() {
    let mut pairs = vec![(named(Subject::Identity(A.id())), named(Subject::Nobody))];
    let mut compared = 0;
    for _ in 0..5 {
        let mut next = Vec::new();
        for (known, unknown) in &pairs {
            for act in 0..4 + Method::ALL.len() {
                let (mut one, mut other) = (known.copy(), unknown.copy());
                let answers = [tried(&mut one, act), tried(&mut other, act)];
                assert_eq!(answers[0], answers[1], "act {act}");
                assert_eq!(one.page(), other.page(), "act {act}");
                assert_eq!(one.flow.step(), other.flow.step(), "act {act}");
                compared += 1;
                if next.len() < 300 {
                    next.push((one, other));
                }
            }
        }
        pairs = next;
    }
    assert!(compared > 3_000, "{compared}");
}

fn named(subject: Subject) -> Case {
    let mut case = Case::new(Goal::SetPassword);
    case.standing.enrolled.insert(Method::Totp);
    let generation = if subject == Subject::Nobody { 0 } else { 3 };
    case.try_identify(Named { name_key: "x".into(), subject, generation }).unwrap();
    case
}

fn tried(case: &mut Case, act: usize) -> Result<(), String> {
    let refused = |refusal: Refusal| refusal.to_string();
    match act {
        0 => case.with(Flow::back).map_err(refused),
        1 => {
            let challenge = case.flow.challenge(case.request()).map_err(refused)?;
            let wrong = Verdict { is_right: false, is_first_use: false, used: String::new() };
            let said = challenge.judge(wrong).unwrap_err().to_string();
            case.with(Flow::count_wrong).map_err(refused)?;
            Err(said)
        }
        2 => case.redeem().map(|_| ()).map_err(refused),
        3 => {
            let subject = case.flow.named().map_or(Subject::Nobody, |named| named.subject.clone());
            case.try_identify(Named { name_key: "x".into(), subject, generation: 3 }).map_err(refused)
        }
        method => case.try_choose(Method::ALL[method - 4]).map_err(refused),
    }
}

impl Case {
    fn copy(&self) -> Self {
        Self {
            flow: self.flow.clone(),
            session: self.session.clone(),
            now: self.now,
            policy: self.policy.clone(),
            standing: self.standing.clone(),
            generation: self.generation,
        }
    }
}

/// A flow stored by the first release is read by later ones.
#[test]
fn the_stored_form_is_fixed_and_small() {
    let mut case = Case::new(Goal::SetPassword);
    case.flow = Flow::begin(FlowId::new("f".repeat(32)), case.session.clone(), Goal::SetPassword, Timestamp(0));
    case.identify(A);
    case.prove(Method::Totp);
    case.choose(Method::Passkey);
    let stored = case.flow.to_stored().unwrap();
    assert_eq!(
        stored,
        "{\"version\":1,\"id\":\"ffffffffffffffffffffffffffffffff\",\"session\":\"browser\",\"goal\":\"set_password\",\
         \"expires_at\":600000000,\"step\":4,\"wrong\":0,\"stage\":{\"known\":{\"named\":{\"name_key\":\"x\",\"subject\":\
         {\"identity\":\"01010101010101010101010101010101\"},\"generation\":3},\"proved\":[{\"method\":\"totp\",\
         \"used\":\"test\"}],\"open\":\"passkey\"}}}"
    );
    assert_eq!(Flow::from_stored(&stored).unwrap(), case.flow);
    for damaged in [stored.replace("\"version\":1", "\"version\":2"), stored[1..].to_owned(), String::new()] {
        assert!(Flow::from_stored(&damaged).is_err(), "{damaged}");
    }
}
