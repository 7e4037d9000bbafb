use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use passwright_domain::access::{Action, Caller};
use passwright_domain::delivery::Notice;
use passwright_domain::factors::FactorChange;
use passwright_domain::ids::IdentityId;
use passwright_domain::security_question::{SecurityQuestion, comparable_answer};
use passwright_storage::security_questions::{self, ReplaceSecurityAnswers, StoredAnswer};
use passwright_vault::secret::SecretText;

use super::SecurityAnswer;
use crate::{Error, Fault, Service};

/// A question, and whether the user has an answer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredQuestion {
    pub question: SecurityQuestion,
    pub has_answer: bool,
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
        let answered: BTreeSet<String> = answers.iter().map(|answer| answer.question_id.clone()).collect();
        let about = format!("{} answers", answers.len());
        self.replace_answers(caller, identity_id, answers, &about).await?;
        let shown = |question: SecurityQuestion| {
            let has_answer = answered.contains(&question.id);
            AnsweredQuestion { question, has_answer }
        };
        Ok(questions.into_iter().map(shown).collect())
    }

    /// Hashes and keeps checked answers of the caller, records it and tells them by mail. False when nothing was there to remove.
    pub(crate) async fn replace_answers(
        &self,
        caller: &Caller,
        identity_id: IdentityId,
        answers: Vec<SecurityAnswer>,
        about: &str,
    ) -> Result<bool, Error> {
        let mut stored = Vec::with_capacity(answers.len());
        for SecurityAnswer { question_id, answer } in answers {
            let salt = self.rng.bytes16();
            let digest = self.slow_digest(salt, compared(&answer)).await?;
            stored.push(StoredAnswer { question_id, salt: BASE64.encode(salt), digest });
        }
        let (event, change) = match stored.is_empty() {
            true => ("SECURITY_ANSWERS_REMOVED", FactorChange::Removed),
            false => ("SECURITY_ANSWERS_UPDATED", FactorChange::Enrolled),
        };
        let audit = self.changed(caller, event, format!("identity:{identity_id}"), about);
        let now = self.now();
        let notice = Notice::answers_changed(change, identity_id.clone(), &audit.id, now);
        Ok(self.store.write(ReplaceSecurityAnswers { identity_id, answers: stored, now, audit, notice }).await?)
    }
}

/// What is hashed of an answer: nothing, of one that says nothing.
pub(crate) fn compared(answer: &SecretText) -> SecretText {
    SecretText::new(comparable_answer(answer.expose()).unwrap_or_default())
}
