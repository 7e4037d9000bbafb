use std::collections::BTreeMap;

use passwright_domain::access::{Action, Caller};
use passwright_domain::security_question::SecurityQuestion;
use passwright_storage::security_questions;

use crate::{Error, Service};

/// A question with how many people have answered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownQuestion {
    pub question: SecurityQuestion,
    pub answers: i64,
}

impl Service {
    /// The security questions, in their order.
    ///
    /// # Errors
    /// `Forbidden` for an API client.
    pub async fn list_security_questions(&self, caller: &Caller) -> Result<Vec<ShownQuestion>, Error> {
        self.require(caller, Action::ReadSecurityQuestions, "security_question:all").await?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let questions = security_questions::list(&mut tx).await?;
        let counts: BTreeMap<_, _> = security_questions::count_answers(&mut tx).await?.into_iter().collect();
        let shown = |question: SecurityQuestion| {
            let answers = counts.get(&question.id).copied().unwrap_or_default();
            ShownQuestion { question, answers }
        };
        Ok(questions.into_iter().map(shown).collect())
    }
}
