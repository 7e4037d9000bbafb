//! Security questions, in the order of the document.

use passwright_domain::security_question::SecurityQuestion;
use passwright_storage::security_questions;

use super::{Change, Planner, Stop};

impl Planner<'_, '_, '_> {
    pub(super) async fn security_questions(&mut self) -> Result<(), Stop> {
        let facts = self.facts;
        if facts.setup.questions.is_empty() {
            return Ok(());
        }
        let stored = security_questions::list(self.tx).await?;
        for (position, wanted) in facts.setup.questions.iter().enumerate() {
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            let question = SecurityQuestion { position, ..wanted.value.clone() };
            match stored.iter().find(|old| old.id == question.id) {
                None => self.create(&wanted.object, Change::SecurityQuestion(question)),
                Some(old) => {
                    let fields = [("text", old.texts != question.texts), ("order", old.position != question.position)];
                    self.change(&wanted.object, &fields, Change::SecurityQuestion(question));
                }
            }
        }
        Ok(())
    }
}
