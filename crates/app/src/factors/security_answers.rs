//! A person's own answers to security questions. They are no factor: they protect nothing, and help only with another proof. Nobody
//! can read them again.

use passwright_domain::access::Caller;
use passwright_domain::canonical::canonical;
use passwright_domain::factors::may_change_answers;
use passwright_domain::ids::IdentityId;
use passwright_domain::security_question::{AnswersFault, SecurityQuestion, check_answers};
use passwright_storage::security_questions;

use super::{FactorRefusal, Method, Shown, person};
use crate::security_questions::SecurityAnswer;
use crate::{Error, Service};

/// What a person may answer, and whether they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnQuestions {
    /// All questions, those first that are proposed: the ones that are asked of this name while it has no answers, so that from outside
    /// nothing changes for whoever takes them.
    pub questions: Vec<SecurityQuestion>,
    pub has_answers: bool,
    /// Answers are taken in resets here now.
    pub is_offered: bool,
}

/// Why answers were not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswersRefusal {
    /// They are not taken here.
    NotOffered,
    /// Something is wrong with them.
    Fault(AnswersFault),
    /// Something has to be shown with them.
    Factor(FactorRefusal),
}

impl Service {
    /// The questions and the caller's standing with them; no answer is in it.
    ///
    /// # Errors
    /// `Forbidden` for an API client; when the database does not answer.
    pub async fn list_own_questions(&self, caller: &Caller) -> Result<OwnQuestions, Error> {
        let (identity, alias) = person(caller)?;
        let is_offered = self.takes_questions().await?;
        let mut reader = self.store.read().await?;
        let mut questions = security_questions::list(&mut reader.tx()).await?;
        let has_answers = !security_questions::answers(&mut reader.tx(), identity).await?.is_empty();
        drop(reader);
        let name_key = canonical(alias);
        questions.sort_by_cached_key(|question| self.question_key(&name_key, &question.id));
        Ok(OwnQuestions { questions, has_answers, is_offered })
    }

    /// What the caller may show to change answers; empty for a person without factors, who needs none, and where nothing can be had.
    ///
    /// # Errors
    /// `Forbidden` for an API client; when the database does not answer.
    pub async fn list_answer_proofs(&self, caller: &Caller) -> Result<Vec<Method>, Error> {
        self.change_proofs(caller, may_change_answers).await
    }

    /// Sets the caller's answers in the place of all earlier ones: with a factor or the help desk's digits where the person has a factor;
    /// where not, the page asks for the password before, as for a first factor.
    ///
    /// # Errors
    /// `Forbidden` for an API client; when the database does not answer.
    pub async fn set_own_answers(
        &self,
        caller: &Caller,
        answers: Vec<SecurityAnswer>,
        shown: Option<Shown>,
    ) -> Result<Result<(), AnswersRefusal>, Error> {
        if !self.takes_questions().await? {
            return Ok(Err(AnswersRefusal::NotOffered));
        }
        let pairs = answers.iter().map(|answer| (answer.question_id.as_str(), answer.answer.expose()));
        if let Err(fault) = check_answers(pairs) {
            return Ok(Err(AnswersRefusal::Fault(fault)));
        }
        let mut reader = self.store.read().await?;
        let known = security_questions::list(&mut reader.tx()).await?;
        drop(reader);
        if answers.iter().any(|answer| known.iter().all(|question| question.id != answer.question_id)) {
            return Ok(Err(AnswersRefusal::Factor(FactorRefusal::Gone)));
        }
        self.change_answers(caller, answers, shown).await
    }

    /// Removes the caller's answers, with the same proof as a change of them.
    ///
    /// # Errors
    /// As for setting them.
    pub async fn remove_own_answers(
        &self,
        caller: &Caller,
        shown: Option<Shown>,
    ) -> Result<Result<(), AnswersRefusal>, Error> {
        self.change_answers(caller, Vec::new(), shown).await
    }

    async fn change_answers(
        &self,
        caller: &Caller,
        answers: Vec<SecurityAnswer>,
        shown: Option<Shown>,
    ) -> Result<Result<(), AnswersRefusal>, Error> {
        let (identity, _): (&IdentityId, _) = person(caller)?;
        let proved = match self.may_change_by(identity, shown, &caller.tracking_id, may_change_answers).await? {
            Ok(proved) => proved,
            Err(refusal) => return Ok(Err(AnswersRefusal::Factor(refusal))),
        };
        let by = proved.map_or("no factor", Method::as_str);
        let about = format!("{} answers, proved by {by}", answers.len());
        let is_change = self.replace_answers(caller, identity.clone(), answers, &about).await?;
        Ok(if is_change { Ok(()) } else { Err(AnswersRefusal::Factor(FactorRefusal::Gone)) })
    }
}
