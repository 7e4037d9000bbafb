use std::collections::BTreeSet;
use std::time::Duration;

use passwright_domain::ids::IdentityId;
use passwright_storage::security_questions;
use passwright_storage::sign_in_failures::{ClearSignInFailures, TakeSignInAttempt};

use super::SecurityAnswer;
use super::set_security_answers::compared;
use crate::{Error, Service};

/// What came of answers to security questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// An answer is wrong, or there are too few.
    Wrong,
    /// Too many wrong attempts; try again after this time.
    TooMany(Duration),
}

impl Service {
    /// Whether these are the identity's answers: at least `least` different questions (1 or more), every one of them right.
    /// For the pages' own flows, which decide who may try. An attempt is counted under the lock-out settings, and
    /// committed, before anything is compared; the lock is the questions' own and not the sign-in's.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn verify_security_answers(
        &self,
        identity: &IdentityId,
        answers: Vec<SecurityAnswer>,
        least: usize,
    ) -> Result<Verdict, Error> {
        // No name can be this: names have no control characters.
        let name_key = format!("\u{1}kba {identity}");
        let config = self.lockout_config().await?;
        let attempt = TakeSignInAttempt { name_key: name_key.clone(), now: self.now(), config };
        if let Err(wait) = self.store.write(attempt).await? {
            return Ok(Verdict::TooMany(wait));
        }
        let mut reader = self.store.read().await?;
        let stored = security_questions::answers(&mut reader.tx(), identity).await?;
        drop(reader);
        let mut right = BTreeSet::new();
        let mut wrong = false;
        for SecurityAnswer { question_id, answer } in answers {
            let Some(known) = stored.iter().find(|known| known.question_id == question_id) else {
                wrong = true;
                continue;
            };
            if self.digits_match(&known.salt, compared(&answer), &known.digest).await? {
                right.insert(question_id);
            } else {
                wrong = true;
            }
        }
        if wrong || right.len() < least.max(1) {
            return Ok(Verdict::Wrong);
        }
        self.store.write(ClearSignInFailures { name_key }).await?;
        Ok(Verdict::Right)
    }
}
