//! Answers to security questions: set as a whole, ending what was proved before; and an attempt that was right counts once.

use futures_util::future::join_all;
use passwright_domain::budget::{Budget, DAY};
use passwright_domain::delivery::Notice;
use passwright_domain::factors::{FactorChange, Lane};
use passwright_domain::reset::Method;
use passwright_domain::security_question::SecurityQuestion;
use passwright_storage::recovery::{PassProofAttempt, TakeProofAttempt, generations};
use passwright_storage::security_questions::{self, ReplaceSecurityAnswers, StoredAnswer};
use passwright_storage::{StorageError, Store, Tx, Write};

use super::engines::on_both_engines;
use super::fixture::{audit, identity, now, seed};

struct Ask(&'static [&'static str]);

impl Write for Ask {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        for (position, id) in (0..).zip(self.0) {
            let texts = [(String::new(), format!("{id}?"))].into();
            let question = SecurityQuestion { id: (*id).to_owned(), position, texts };
            security_questions::upsert(tx, &question, now()).await?;
        }
        Ok(())
    }
}

fn answers(of: &[&str], record: u64) -> ReplaceSecurityAnswers {
    let answer =
        |id: &&str| StoredAnswer { question_id: (*id).to_owned(), salt: "s".into(), digest: format!("{id}{record}") };
    ReplaceSecurityAnswers {
        identity_id: identity().id,
        answers: of.iter().map(answer).collect(),
        now: now(),
        audit: audit(record),
        notice: Notice::answers_changed(FactorChange::Enrolled, identity().id, &format!("{record:032x}"), now()),
    }
}

async fn kept(store: &Store) -> (Vec<String>, i64) {
    let mut reader = store.read().await.unwrap();
    let answers = security_questions::answers(&mut reader.tx(), &identity().id).await.unwrap();
    let generation = generations::lookup(&mut reader.tx(), &identity().id).await.unwrap();
    (answers.into_iter().map(|answer| answer.digest).collect(), generation)
}

#[test]
fn answers_replace_each_other_and_end_what_was_proved() {
    on_both_engines(|database| async move {
        let store = database.store;
        seed(&store).await;
        store.write(Ask(&["a", "b", "c"])).await.unwrap();
        let (none, before) = kept(&store).await;
        assert!(none.is_empty());
        assert!(!store.write(answers(&[], 1)).await.unwrap(), "there are none to remove");
        assert_eq!(kept(&store).await.1, before);
        assert!(store.write(answers(&["a", "b"], 2)).await.unwrap());
        assert!(store.write(answers(&["b", "c"], 3)).await.unwrap());
        assert_eq!(kept(&store).await, (vec!["b3".to_owned(), "c3".to_owned()], before + 2));
        let unknown = store.write(answers(&["b", "x"], 4)).await;
        assert!(matches!(unknown, Err(StorageError::Conflict(_))), "{unknown:?}");
        assert_eq!(kept(&store).await.0, ["b3", "c3"], "nothing of it was written");
        assert!(store.write(answers(&[], 5)).await.unwrap());
        assert_eq!(kept(&store).await, (Vec::new(), before + 3));
    });
}

#[test]
fn a_right_attempt_passes_once_and_counts_no_longer() {
    on_both_engines(|database| async move {
        let store = database.store;
        let attempt = |n: u64| TakeProofAttempt {
            id: format!("attempt{n}"),
            lane: Lane::Reset(Method::SecurityQuestions),
            name_key: "abby.smith".into(),
            budgets: vec![Budget::at_most(5, DAY)],
            now: now(),
        };
        let taken = join_all((0..20).map(|n| store.write(attempt(n)))).await;
        let counted: Vec<_> = (0..20).zip(&taken).filter(|(_, taken)| matches!(taken, Ok(None))).collect();
        assert_eq!(counted.len(), 5, "{taken:?}");
        let id = format!("attempt{}", counted[0].0);
        let passed = join_all((0..20).map(|_| store.write(PassProofAttempt { id: id.clone() }))).await;
        assert_eq!(passed.into_iter().filter(|passed| *passed.as_ref().unwrap()).count(), 1);
        assert!(matches!(store.write(attempt(21)).await, Ok(None)), "there is room for one again");
        assert!(matches!(store.write(attempt(22)).await, Ok(Some(_))));
    });
}
