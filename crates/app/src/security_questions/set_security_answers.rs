use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::IdentityId;
use passwright_domain::security_question::{SecurityQuestion, comparable_answer};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::security_questions::{self, StoredAnswer};
use passwright_storage::{StorageError, Tx, Write, audit};
use passwright_vault::secret::SecretText;

use super::SecurityAnswer;
use crate::{Error, Fault, Service};

/// A question, and whether the user has an answer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredQuestion {
    pub question: SecurityQuestion,
    pub has_answer: bool,
}

struct SaveAnswers {
    identity_id: IdentityId,
    answers: Vec<StoredAnswer>,
    now: Timestamp,
    audit: AuditRecord,
}

impl Write for SaveAnswers {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        security_questions::set_answers(tx, &self.identity_id, &self.answers, self.now).await?;
        audit::insert(tx, &self.audit).await
    }
}

/// Each answer names a question that there is, once, and says something.
fn check(questions: &[SecurityQuestion], answers: &[SecurityAnswer]) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for (at, SecurityAnswer { question_id, answer }) in answers.iter().enumerate() {
        if !questions.iter().any(|question| question.id == *question_id) {
            let message = format!("[{at}].id does not name a security question");
            return Err(Error::bad(Fault::UnknownReference, message));
        }
        if !seen.insert(question_id) {
            return Err(Error::bad(Fault::Illegal, format!("[{at}].id names a question for the second time")));
        }
        if comparable_answer(answer.expose()).is_none() {
            return Err(Error::bad(Fault::Illegal, format!("[{at}].answer must be 1 to 255 characters")));
        }
    }
    Ok(())
}

impl Service {
    /// Sets the caller's answers to security questions; those to questions that are not named go. Gives every question
    /// with whether it is answered now.
    ///
    /// # Errors
    /// `Forbidden` for an API client; `BadRequest` for an unknown question, one that is named twice, and an empty answer.
    pub async fn set_security_answers(
        &self,
        caller: &Caller,
        answers: Vec<SecurityAnswer>,
    ) -> Result<Vec<AnsweredQuestion>, Error> {
        let identity = caller.identity_id().cloned();
        let object = identity.as_ref().map_or_else(|| "identity:none".to_owned(), |id| format!("identity:{id}"));
        self.require(caller, Action::AnswerSecurityQuestions, &object).await?;
        let Some(identity_id) = identity else {
            return Err(Error::Forbidden("the operation needs a user's token"));
        };
        let mut reader = self.store.read().await?;
        let questions = security_questions::list(&mut reader.tx()).await?;
        drop(reader);
        check(&questions, &answers)?;
        let mut stored = Vec::with_capacity(answers.len());
        for SecurityAnswer { question_id, answer } in answers {
            let salt = self.rng.bytes16();
            let digest = self.slow_digest(salt, compared(&answer)).await?;
            stored.push(StoredAnswer { question_id, salt: BASE64.encode(salt), digest });
        }
        let answered: BTreeSet<String> = stored.iter().map(|answer| answer.question_id.clone()).collect();
        let about = format!("{} answers", stored.len());
        let audit = self.changed(caller, "SECURITY_ANSWERS_UPDATED", object, &about);
        self.store.write(SaveAnswers { identity_id, answers: stored, now: self.now(), audit }).await?;
        let shown = |question: SecurityQuestion| {
            let has_answer = answered.contains(&question.id);
            AnsweredQuestion { question, has_answer }
        };
        Ok(questions.into_iter().map(shown).collect())
    }
}

/// What is hashed of an answer: nothing, of one that says nothing.
pub(super) fn compared(answer: &SecretText) -> SecretText {
    SecretText::new(comparable_answer(answer.expose()).unwrap_or_default())
}
