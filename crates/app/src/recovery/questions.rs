//! Security questions in a flow: which are asked, and whether all answers are right. For a name without a person, or with too few
//! answers, the same number is asked and the same work done.

use std::collections::BTreeSet;

use passwright_domain::ids::IdentityId;
use passwright_domain::reset::{Method, Refusal};
use passwright_domain::security_question::{ASKED, SecurityQuestion, asked};
use passwright_storage::recovery::PassProofAttempt;
use passwright_storage::security_questions::{self, StoredAnswer};
use passwright_vault::digest::keyed_digest;
use passwright_vault::secret::SecretText;

use super::facts::nobody;
use super::{Answer, Browser, Checked, News, Told};
use crate::security_questions::compared;
use crate::{Error, Service};

/// The salt of an answer that nobody gave: 16 zeros in base64.
const NO_SALT: &str = "AAAAAAAAAAAAAAAAAAAAAA==";
/// Stands between answers; none holds it.
const BETWEEN: char = '\n';

/// The questions of a name, each with the answer that is kept.
type Asked = Vec<(SecurityQuestion, Option<StoredAnswer>)>;

impl Service {
    /// What is asked in this browser's flow now, in a language such as `de` where there are texts in it; `None` when it is not security
    /// questions that are asked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recovery_questions(&self, browser: &Browser, language: &str) -> Result<Option<Vec<String>>, Error> {
        let Some((stored, facts)) = self.flow_of(browser).await? else { return Ok(None) };
        if stored.flow.open_method() != Some(Method::SecurityQuestions) {
            return Ok(None);
        }
        let name_key = stored.flow.named().map(|named| named.name_key.clone()).unwrap_or_default();
        let asked = self.asked_of(&name_key, facts.identity.as_ref().map(|identity| &identity.id)).await?;
        Ok(Some(asked.into_iter().map(|(question, _)| question.text_in(language).to_owned()).collect()))
    }

    /// Takes the answers to the questions, in the order in which they are asked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn answer_questions(
        &self,
        browser: &Browser,
        step: u32,
        answers: Vec<SecretText>,
    ) -> Result<Told, Error> {
        let Some((stored, facts)) = self.flow_of(browser).await? else { return Ok(Told::no_flow()) };
        if stored.flow.open_method() != Some(Method::SecurityQuestions) {
            return Ok(self.told(&stored.flow, &facts, News::Refused(Refusal::Stale)));
        }
        // Of its full size at once, so that no piece of an answer stays behind in memory.
        let mut text = String::with_capacity(answers.iter().map(|answer| answer.expose().len() + 1).sum());
        for (at, answer) in answers.iter().enumerate() {
            if at > 0 {
                text.push(BETWEEN);
            }
            text.extend(answer.expose().chars().map(|c| if c == BETWEEN { ' ' } else { c }));
        }
        self.answer_proof(browser, step, SecretText::new(text)).await
    }

    /// Whether all of them are right: `answer.text` has one a line. Each is hashed, also when one before was wrong already.
    pub(super) async fn check_questions(&self, answer: Answer<'_>, attempt: String) -> Result<Checked, Error> {
        let asked = self.asked_of(answer.name_key, answer.identity).await?;
        let mut lines = answer.text.expose().split(BETWEEN);
        let mut is_right = answer.identity.is_some();
        for at in 0..ASKED {
            let given = compared(&SecretText::new(lines.next().unwrap_or_default().to_owned()));
            let stored = asked.get(at).and_then(|(_, stored)| stored.as_ref());
            let (salt, digest) = stored.map_or((NO_SALT, ""), |stored| (stored.salt.as_str(), stored.digest.as_str()));
            is_right &= self.digits_match(salt, given, digest).await?;
        }
        if !is_right {
            return Ok(Checked::is(false, String::new()));
        }
        let used = format!("security_questions:{attempt}");
        Ok(Checked::is(self.store.write(PassProofAttempt { id: attempt }).await?, used))
    }

    /// The questions of a name in their order; the same statements for somebody and for nobody.
    async fn asked_of(&self, name_key: &str, identity: Option<&IdentityId>) -> Result<Asked, Error> {
        let id = identity.cloned().unwrap_or_else(nobody);
        let mut reader = self.store.read().await?;
        let all = security_questions::list(&mut reader.tx()).await?;
        let answers = security_questions::answers(&mut reader.tx(), &id).await?;
        drop(reader);
        let answered: BTreeSet<String> = answers.iter().map(|answer| answer.question_id.clone()).collect();
        let asked = asked(&all, &answered, |question| self.question_key(name_key, question));
        let with_answer = |question: &SecurityQuestion| {
            let answer = answers.iter().find(|answer| answer.question_id == question.id).cloned();
            (question.clone(), answer)
        };
        Ok(asked.into_iter().map(with_answer).collect())
    }

    /// Orders the questions of a name: nobody who does not know the key can say which a name is asked.
    pub(crate) fn question_key(&self, name_key: &str, question_id: &str) -> String {
        keyed_digest(&self.keys.pepper_copy(), &["security question", name_key, question_id])
    }

    /// Whether answers to questions are taken for one of two proofs now.
    pub(crate) async fn takes_questions(&self) -> Result<bool, Error> {
        let settings = self.recovery_settings().await?;
        Ok(self.offered(&settings).await?.offers(Method::SecurityQuestions))
    }
}
