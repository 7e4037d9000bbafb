//! Ways in which other products' resets were taken, walked through here. Those that lie in other layers (links made of the `Host`
//! header, addresses from the request, counters in the database) are tested there under the same names.

use super::tests::{A, B, Case, right};
use super::{FLOW_LIFE, Flow, Goal, Method, Page, Refusal, Verdict, Wrong};
use crate::timestamp::Timestamp;

/// "Try another way" left a note that the mail's step took for its own: the mailed token was never needed.
#[test]
fn keycloak_cve_2026_18963_another_way_proves_nothing() {
    let mut case = Case::named(A);
    case.choose(Method::Totp);
    let first = case.challenge();
    case.choose(Method::RecoveryCode);
    assert_eq!(case.redeem().unwrap_err(), Refusal::OutOfOrder);
    case.choose(Method::Totp);
    case.back();
    assert!(matches!(case.page(), Page::Choose { proved, .. } if proved.is_empty()));
    assert_eq!(case.redeem().unwrap_err(), Refusal::OutOfOrder);
    // Nor is an answer to the step that was left counted for the one that is open, whichever way that is.
    case.choose(Method::Totp);
    let proof = first.judge(right()).unwrap();
    assert_eq!(case.accept(proof), Err(Refusal::Foreign));
    assert_eq!(case.redeem().unwrap_err(), Refusal::OutOfOrder);
}

/// A single-use gate told "one row" for a row that was used before. A verdict without a first use makes no proof; that the gate
/// tells it truly on both engines is tested in `storage`.
#[test]
fn keycloak_cve_2026_90997_a_used_answer_is_no_proof() {
    let mut case = Case::named(A);
    case.choose(Method::RecoveryCode);
    let again = Verdict { is_first_use: false, ..right() };
    assert_eq!(case.challenge().judge(again).unwrap_err(), Wrong);
}

/// The address of a later step, typed in, skipped the steps before.
#[test]
fn midpoint_016_no_step_is_reached_by_its_address() {
    let mut case = Case::named(A);
    assert_eq!(case.redeem().unwrap_err(), Refusal::OutOfOrder, "straight after the name");
    assert_eq!(case.flow.challenge(case.request()).unwrap_err(), Refusal::OutOfOrder, "no way was chosen");
    case.choose(Method::Totp);
    assert_eq!(case.redeem().unwrap_err(), Refusal::OutOfOrder, "nothing was proved");
    let mut unnamed = Case::new(Goal::SetPassword);
    assert_eq!(unnamed.redeem().unwrap_err(), Refusal::OutOfOrder, "not even named");
    assert_eq!(unnamed.try_choose(Method::Totp).unwrap_err(), Refusal::OutOfOrder);
}

/// A form for another purpose took the id of whose password it set from the request.
#[test]
fn midpoint_017_the_grant_says_whose_password_it_is() {
    let mut case = Case::named(A);
    case.prove(Method::Totp);
    let grant = case.redeem().unwrap();
    assert_eq!((grant.identity(), grant.goal()), (&A.id(), Goal::SetPassword));
    let mut unlock = Case::new(Goal::Unlock);
    unlock.identify(A);
    unlock.prove(Method::Totp);
    assert_eq!(unlock.redeem().unwrap().goal(), Goal::Unlock, "proofs for an unlock set no password");
}

/// The name was a hidden field, changed after one's own proof.
#[test]
fn ltb_24_another_name_begins_without_proofs() {
    let mut case = Case::named(B);
    case.prove(Method::Totp);
    case.identify(A);
    assert!(matches!(case.page(), Page::Choose { proved, .. } if proved.is_empty()));
    assert_eq!(case.redeem().unwrap_err(), Refusal::OutOfOrder);
}

/// The fields were encrypted then, and still could be taken from one's own form into another.
#[test]
fn ltb_520_a_proof_of_one_flow_is_nothing_in_another() {
    let (mut own, mut other) = (Case::named(B), Case::named(A));
    for case in [&mut own, &mut other] {
        case.choose(Method::Totp);
    }
    assert_eq!(own.flow.step(), other.flow.step());
    let proof = own.challenge().judge(right()).unwrap();
    assert_eq!(other.accept(proof), Err(Refusal::Foreign));
    // A stored flow, or a link to one, in the attacker's browser.
    let mut stolen = Case::named(A);
    stolen.prove(Method::Totp);
    stolen.session = super::SessionKey::new("another browser");
    assert_eq!(stolen.redeem().unwrap_err(), Refusal::NotYours);
}

/// Attempts were counted and the count not looked at.
#[test]
fn vaultwarden_cve_2026_27801_the_count_ends_the_flow() {
    let mut case = Case::named(A);
    case.choose(Method::Totp);
    for wrong in 1..=super::MOST_WRONG {
        let is_over = case.with(Flow::count_wrong).is_err() || case.page() == Page::Over;
        assert_eq!(is_over, wrong == super::MOST_WRONG, "wrong answer {wrong}");
    }
    assert_eq!(case.flow.challenge(case.request()).unwrap_err(), Refusal::Ended, "not even the right one is judged");
    assert_eq!(case.try_choose(Method::RecoveryCode).unwrap_err(), Refusal::Ended);
}

/// A link that was used, or is old, opened the form again (LTB #212, GitLab's days-long tokens).
#[test]
fn a_flow_ends_with_its_time_and_its_use() {
    let mut case = Case::named(A);
    case.prove(Method::Totp);
    case.now = Timestamp(0) + FLOW_LIFE;
    assert_eq!(case.redeem().unwrap_err(), Refusal::Expired);
    case.now = Timestamp(-1);
    assert_eq!(case.redeem().unwrap_err(), Refusal::Expired, "the clock went back");
    case.now = Timestamp(0);
    assert!(case.redeem().is_ok());
    assert_eq!(case.redeem().unwrap_err(), Refusal::Ended);
    assert_eq!(case.with(Flow::back).unwrap_err(), Refusal::Ended);
    assert_eq!(case.try_choose(Method::Totp).unwrap_err(), Refusal::Ended);
}
