//! What a third party was asked: counted with the step, looked at so often, answered once.

use futures_util::future::join_all;
use passwright_domain::factors::{Lane, THIRD_PARTY_LIFE};
use passwright_domain::mfa::MfaMethod;
use passwright_domain::reset::{Method, Subject};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::Store;
use passwright_storage::recovery::{
    AskThirdParty, Asked, BeginFlow, ConsumeQuestion, ForgetRecovery, KeepTransaction, StoredFlow, StoredQuestion,
    TakeLook, UseThirdPartyCode, lookup_question,
};

use super::engines::on_both_engines;
use super::fixture::{audit, now};
use super::recovery::{attempt, choosing};

const OKTA: MfaMethod = MfaMethod::OktaVerify;

fn ask(n: u64, revision: i64) -> AskThirdParty {
    let flow = choosing(n, Method::ThirdParty, Subject::Nobody);
    AskThirdParty {
        id: format!("question{n}"),
        flow: StoredFlow { flow, revision },
        provider: OKTA,
        expires_at: now() + THIRD_PARTY_LIFE,
        attempt: attempt(n, Lane::Push),
        audit: audit(60_000 + n),
    }
}

async fn asked(store: &Store, n: u64, at: Timestamp) -> Option<StoredQuestion> {
    let flow = choosing(n, Method::ThirdParty, Subject::Nobody);
    let mut reader = store.read().await.unwrap();
    lookup_question(&mut reader.tx(), flow.id(), flow.step(), at).await.unwrap()
}

fn look(n: u64, most: i64) -> TakeLook {
    let flow = choosing(n, Method::ThirdParty, Subject::Nobody);
    TakeLook { flow: flow.id().clone(), step: flow.step(), provider: OKTA, now: now(), most }
}

#[test]
fn a_question_is_counted_looked_at_and_answered_once() {
    on_both_engines(|database| async move {
        let store = database.store;
        for n in 1..=6 {
            store.write(BeginFlow { flow: choosing(n, Method::ThirdParty, Subject::Nobody) }).await.unwrap();
            let asked = store.write(ask(n, 0)).await.unwrap();
            if n <= 5 { assert_eq!(asked, Asked::Waiting) } else { assert!(matches!(asked, Asked::TooMany(_))) }
        }
        assert_eq!(store.write(ask(1, 0)).await.unwrap(), Asked::Overtaken, "of an earlier revision");
        assert_eq!(asked(&store, 6, now()).await, None, "nobody was asked");
        let empty = StoredQuestion { provider: OKTA, number: String::new() };
        assert_eq!(asked(&store, 1, now()).await, Some(empty));
        let keep = KeepTransaction { id: "question1".into(), poll_path: "/p".into(), number: "42".into() };
        store.write(keep).await.unwrap();
        assert_eq!(asked(&store, 1, now()).await.unwrap().number, "42");
        assert_eq!(asked(&store, 1, now() + THIRD_PARTY_LIFE).await, None, "its time is over");

        let looks = join_all((0..64).map(|_| store.write(look(1, 10)))).await;
        let looks: Vec<_> = looks.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(looks, vec![("question1".to_owned(), "/p".to_owned()); 10]);
        let duo = TakeLook { provider: MfaMethod::DuoWeb, ..look(2, 10) };
        assert_eq!(store.write(duo).await.unwrap(), None, "another was asked");
        assert_eq!(store.write(look(2, 10)).await.unwrap(), Some(("question2".to_owned(), String::new())));

        let consume = |n: u64| ConsumeQuestion { id: "question1".into(), now: now(), audit: Some(audit(61_000 + n)) };
        let won = join_all((0..64).map(|n| store.write(consume(n)))).await;
        assert_eq!(won.into_iter().filter(|won| *won.as_ref().unwrap()).count(), 1);
        assert_eq!((asked(&store, 1, now()).await, store.write(look(1, 99)).await.unwrap()), (None, None));
        let late = ConsumeQuestion { id: "question2".into(), now: now() + THIRD_PARTY_LIFE, audit: None };
        assert!(!store.write(late).await.unwrap());
    });
}

#[test]
fn a_code_counts_once_and_is_forgotten() {
    on_both_engines(|database| async move {
        let store = database.store;
        let code = || UseThirdPartyCode { digest: "d".into(), attempt: "attempt1".into(), expires_at: now() };
        let won = join_all((0..64).map(|_| store.write(code()))).await;
        assert_eq!(won.into_iter().filter(|won| *won.as_ref().unwrap()).count(), 1);
        store.write(BeginFlow { flow: choosing(1, Method::ThirdParty, Subject::Nobody) }).await.unwrap();
        store.write(ask(1, 0)).await.unwrap();
        store.write(ForgetRecovery { now: now(), attempts_before: Timestamp(0) }).await.unwrap();
        assert!(store.write(code()).await.unwrap(), "its time is over");
        assert!(asked(&store, 1, now()).await.is_some());
        let end = now() + THIRD_PARTY_LIFE;
        store.write(ForgetRecovery { now: end, attempts_before: Timestamp(0) }).await.unwrap();
        assert_eq!(asked(&store, 1, now()).await, None);
    });
}
