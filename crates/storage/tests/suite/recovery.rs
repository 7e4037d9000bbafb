//! Flows of resets: one step at a time, each single-use gate opened once, counters before comparisons, the effect with the grant.

use std::time::Duration;

use futures_util::future::join_all;
use passwright_domain::budget::{Budget, DAY};
use passwright_domain::delivery::Notice;
use passwright_domain::factors::{CODE_LIFE, Lane};
use passwright_domain::reset::{
    Flow, FlowId, Goal, Method, Named, Request, ResetPolicy, SessionKey, Standing, Subject, Verdict, Weight,
};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::Store;
use passwright_storage::directory::sign_in_passwords::SetSignInPassword;
use passwright_storage::recovery::{
    BeginFlow, ConsumeMailedProof, ForgetRecovery, MailProof, Mailed, RedeemFlow, Redeemed, ResetEffect, SaveFlow,
    StoredFlow, TakeMailedAttempt, TakeProofAttempt, generations, lookup_flow, lookup_mailed,
};

use super::engines::on_both_engines;
use super::fixture::{audit, change, identity, now, seed};

const PARALLEL: u64 = 64;

fn session(n: u64) -> SessionKey {
    SessionKey::new(format!("session{n}"))
}

fn policy() -> ResetPolicy {
    let weights = [
        (Method::Totp, Weight::Whole),
        (Method::ThirdParty, Weight::Whole),
        (Method::MailedCode, Weight::Half),
        (Method::DigitToken, Weight::Half),
    ];
    ResetPolicy::new(weights, false).unwrap()
}

fn request<'a>(flow: &Flow, session: &'a SessionKey) -> Request<'a> {
    Request { session, now: now(), step: flow.step() }
}

/// A flow of the browser `n` that stands before `method`.
pub(super) fn choosing(n: u64, method: Method, subject: Subject) -> Flow {
    let session = session(n);
    let mut flow = Flow::begin(FlowId::new(format!("flow{n}")), session.clone(), Goal::SetPassword, now());
    let named = Named { name_key: "abby.smith".into(), subject, generation: 0 };
    flow.identify(request(&flow, &session), named).unwrap();
    flow.choose(request(&flow, &session), method, &policy()).unwrap();
    flow
}

fn abby() -> Subject {
    Subject::Identity(identity().id)
}

/// A flow of the browser `n` whose grant was taken, and the grant's generation.
fn redeemed(n: u64) -> (Flow, i64) {
    let session = session(n);
    let mut flow = choosing(n, Method::Totp, abby());
    let verdict = Verdict { is_right: true, is_first_use: true, used: "totp:1".into() };
    let proof = flow.challenge(request(&flow, &session)).unwrap().judge(verdict).unwrap();
    flow.accept(request(&flow, &session), proof).unwrap();
    let grant = flow.redeem(request(&flow, &session), &policy(), &Standing::default(), 0).unwrap();
    (flow, grant.generation())
}

async fn stored(store: &Store, n: u64) -> StoredFlow {
    let mut reader = store.read().await.unwrap();
    lookup_flow(&mut reader.tx(), &session(n)).await.unwrap().unwrap()
}

async fn generation(store: &Store) -> i64 {
    let mut reader = store.read().await.unwrap();
    generations::lookup(&mut reader.tx(), &identity().id).await.unwrap()
}

pub(super) fn attempt(n: u64, lane: Lane) -> TakeProofAttempt {
    TakeProofAttempt {
        id: format!("attempt{n}"),
        lane,
        name_key: "abby.smith".into(),
        budgets: vec![Budget::at_most(5, DAY)],
        now: now(),
    }
}

fn redeem(n: u64, revision: i64, record: u64) -> RedeemFlow {
    let (flow, generation) = redeemed(n);
    let mut accept = change(u8::try_from(record).unwrap(), &[1]);
    accept.audit = audit(70_000 + record);
    RedeemFlow {
        flow: StoredFlow { flow, revision },
        identity_id: identity().id,
        generation,
        effect: ResetEffect::SetPassword { accept: Box::new(accept), revoke_tokens: true, shown_until: Timestamp(0) },
        now: now(),
    }
}

#[test]
fn of_many_steps_from_one_revision_one_is_taken() {
    on_both_engines(|database| async move {
        let store = database.store;
        store.write(BeginFlow { flow: choosing(1, Method::Totp, Subject::Nobody) }).await.unwrap();
        let before = stored(&store, 1).await;
        assert_eq!(before.flow, choosing_at(&before.flow));
        let save =
            |n| SaveFlow { flow: before.flow.clone(), revision: 0, audit: Some(audit(80_000 + n)), notice: None };
        let taken = join_all((0..PARALLEL).map(|n| store.write(save(n)))).await;
        assert_eq!(taken.into_iter().filter(|taken| *taken.as_ref().unwrap()).count(), 1);
        assert_eq!(stored(&store, 1).await.revision, 1);
        // Begun anew in the same browser: what knew the one before takes no step in this.
        let mut newer = choosing(2, Method::Totp, Subject::Nobody);
        newer = Flow::from_stored(&newer.to_stored().unwrap().replace("session2", "session1")).unwrap();
        store.write(BeginFlow { flow: newer }).await.unwrap();
        assert_eq!(stored(&store, 1).await.revision, 2);
        let late = SaveFlow { flow: before.flow.clone(), revision: 2, audit: None, notice: None };
        assert!(!store.write(late).await.unwrap(), "the revision is right and the flow another");
    });
}

/// A flow reads back as itself.
fn choosing_at(flow: &Flow) -> Flow {
    Flow::from_stored(&flow.to_stored().unwrap()).unwrap()
}

/// A gate that told "one row" for a row used before let tokens be used twice, on one kind of database (Keycloak). Every gate here is one
/// conditional UPDATE with RETURNING; the codes of authenticators and recovery codes are in `factors`, digit tokens and OAuth's
/// codes beside their tables.
#[test]
fn keycloak_cve_2026_90997_a_mailed_code_and_a_grant_work_once() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        store.write(BeginFlow { flow: choosing(1, Method::MailedCode, abby()) }).await.unwrap();
        assert_eq!(store.write(mail(1, &abby(), 0)).await.unwrap(), Mailed::Waiting);
        let consume = |n| ConsumeMailedProof { id: "proof1".into(), attempt: format!("a{n}"), now: now() };
        let won = join_all((0..PARALLEL).map(|n| store.write(consume(n)))).await;
        assert_eq!(won.into_iter().filter(|won| *won.as_ref().unwrap()).count(), 1, "a mailed code");

        store.write(BeginFlow { flow: redeemed(7).0 }).await.unwrap();
        let used = join_all((0..PARALLEL).map(|n| store.write(redeem(7, 0, n)))).await;
        let used: Vec<_> = used.into_iter().map(Result::unwrap).collect();
        assert_eq!(used.iter().filter(|used| matches!(used, Redeemed::Accepted(_))).count(), 1, "a grant");
        assert_eq!(used.iter().filter(|used| **used == Redeemed::Overtaken).count(), 63);
        assert_eq!(generation(&store).await, 1);
    });
}

/// Two browsers with proofs of one generation: the first ends the other's.
#[test]
fn a_new_password_ends_every_other_reset() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        for n in [1, 2] {
            store.write(BeginFlow { flow: redeemed(n).0 }).await.unwrap();
        }
        assert!(matches!(store.write(redeem(1, 0, 1)).await.unwrap(), Redeemed::Accepted(_)));
        assert_eq!(store.write(redeem(2, 0, 2)).await.unwrap(), Redeemed::Overtaken);
        let set = SetSignInPassword { identity_id: identity().id, hash: "hash".into(), now: now() };
        store.write(set).await.unwrap();
        assert_eq!(generation(&store).await, 2, "so does a password that came another way");
        let unlock = RedeemFlow {
            effect: ResetEffect::Unlock { audit: audit(90_000) },
            flow: StoredFlow { flow: redeemed(3).0, revision: 0 },
            ..redeem(3, 0, 3)
        };
        store.write(BeginFlow { flow: redeemed(3).0 }).await.unwrap();
        assert_eq!(store.write(unlock).await.unwrap(), Redeemed::Overtaken, "and a right to unlock goes with it");
    });
}

/// `n`'s flow at its step, mailed for.
fn mail(n: u64, subject: &Subject, revision: i64) -> MailProof {
    let flow = choosing(n, Method::MailedCode, subject.clone());
    MailProof {
        id: format!("proof{n}"),
        flow: StoredFlow { flow, revision },
        method: Method::MailedCode,
        expires_at: now() + CODE_LIFE,
        attempt: attempt(10_000 + n, Lane::Mail),
        notice: Notice::proof_mailed(&format!("proof{n}"), Method::MailedCode, subject.identity().cloned(), now()),
        audit: audit(60_000 + n),
    }
}

#[test]
fn a_mail_to_nobody_leaves_the_same_rows() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        super::deliveries::mail_is(&store, "on").await;
        for (n, subject) in [(1, abby()), (2, Subject::Nobody)] {
            store.write(BeginFlow { flow: choosing(n, Method::MailedCode, subject.clone()) }).await.unwrap();
            assert_eq!(store.write(mail(n, &subject, 0)).await.unwrap(), Mailed::Waiting);
        }
        let claim = passwright_storage::deliveries::ClaimDeliveries {
            channel: passwright_domain::delivery::Channel::Mail,
            now: now() + Duration::from_secs(1),
            most: 10,
            lease: Duration::from_secs(5),
        };
        let mut recipients: Vec<_> = store.write(claim).await.unwrap().into_iter().map(|c| c.recipient).collect();
        recipients.sort();
        assert_eq!(recipients, [String::new(), identity().id.to_string()]);
        let mut reader = store.read().await.unwrap();
        for id in ["proof1", "proof2"] {
            assert!(lookup_mailed(&mut reader.tx(), id, now()).await.unwrap(), "{id}");
            assert!(!lookup_mailed(&mut reader.tx(), id, now() + CODE_LIFE).await.unwrap(), "{id} later");
        }
        drop(reader);
        for n in 3..6 {
            store.write(BeginFlow { flow: choosing(n, Method::MailedCode, Subject::Nobody) }).await.unwrap();
            assert_eq!(store.write(mail(n, &Subject::Nobody, 0)).await.unwrap(), Mailed::Waiting);
        }
        store.write(BeginFlow { flow: choosing(6, Method::MailedCode, abby()) }).await.unwrap();
        let sixth = store.write(mail(6, &abby(), 0)).await.unwrap();
        assert!(matches!(sixth, Mailed::TooMany(_)), "{sixth:?}: one name, one count, known or not");
    });
}

#[test]
fn a_mailed_code_is_for_its_step_and_bounded() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        store.write(BeginFlow { flow: choosing(1, Method::MailedCode, abby()) }).await.unwrap();
        let sent = mail(1, &abby(), 0);
        let (flow, step) = (sent.flow.flow.id().clone(), sent.flow.flow.step());
        store.write(sent).await.unwrap();
        let take = |step, method, later: Duration| TakeMailedAttempt {
            flow: flow.clone(),
            step,
            method,
            now: now() + later,
            most: 5,
        };
        let (code, zero) = (Method::MailedCode, Duration::ZERO);
        for (what, wrong) in [
            ("another step", take(step + 1, code, zero)),
            ("the other kind", take(step, Method::MailedLink, zero)),
            ("too late", take(step, code, CODE_LIFE)),
        ] {
            assert_eq!(store.write(wrong).await.unwrap(), None, "{what}");
        }
        let taken = join_all((0..200).map(|_| store.write(take(step, code, zero)))).await;
        let taken = taken.into_iter().filter(|taken| taken.as_ref().unwrap().as_deref() == Some("proof1")).count();
        assert_eq!(taken, 5, "of 200 guesses at once five are compared");
    });
}

/// Two-factor attempts were counted and never refused (Vaultwarden). Here the count decides, and is committed before anything is compared.
#[test]
fn vaultwarden_cve_2026_27801_of_200_guesses_at_once_five_are_compared() {
    on_both_engines(|database| async move {
        let store = database.store;
        let lane = Lane::Reset(Method::Totp);
        let taken = join_all((0..200).map(|n| store.write(attempt(n, lane)))).await;
        let waits: Vec<_> = taken.into_iter().map(Result::unwrap).collect();
        assert_eq!(waits.iter().filter(|wait| wait.is_none()).count(), 5);
        assert!(waits.iter().flatten().all(|wait| *wait > DAY - Duration::from_secs(60)), "they wait a day");
        for other in [Lane::SignedIn, Lane::Reset(Method::RecoveryCode)] {
            let n = 1_000 + u64::from(other == Lane::SignedIn);
            assert_eq!(store.write(attempt(n, other)).await.unwrap(), None, "{other:?} counts apart");
        }
        let olga = TakeProofAttempt { name_key: "olga".into(), ..attempt(2_000, lane) };
        assert_eq!(store.write(olga).await.unwrap(), None, "and so does another name");
        let tomorrow = TakeProofAttempt { now: now() + DAY, ..attempt(2_001, lane) };
        assert_eq!(store.write(tomorrow).await.unwrap(), None);
    });
}

#[test]
fn what_is_over_is_forgotten() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        store.write(BeginFlow { flow: choosing(1, Method::MailedCode, abby()) }).await.unwrap();
        store.write(mail(1, &abby(), 0)).await.unwrap();
        let forget = |later: Duration| ForgetRecovery { now: now() + later, attempts_before: Timestamp(0) };
        store.write(forget(Duration::ZERO)).await.unwrap();
        assert_eq!(stored(&store, 1).await.revision, 1);
        store.write(forget(Duration::from_secs(601))).await.unwrap();
        let mut reader = store.read().await.unwrap();
        assert_eq!(lookup_flow(&mut reader.tx(), &session(1)).await.unwrap(), None);
        assert!(!lookup_mailed(&mut reader.tx(), "proof1", Timestamp(0)).await.unwrap());
    });
}
