//! Security questions and what people answered, which nobody can read.

use passwright_domain::audit::AuditRecord;
use passwright_domain::delivery::Notice;
use passwright_domain::ids::IdentityId;
use passwright_domain::security_question::SecurityQuestion;
use passwright_domain::timestamp::Timestamp;

use crate::factors::changed;
use crate::rows::{from_json, to_json};
use crate::{StorageError, Tx, Write, audit};

statements! {
    UPSERT = "INSERT INTO security_question (id, position, texts, modified_at) VALUES ($1, $2, $3, $4) \
              ON CONFLICT (id) DO UPDATE SET position = excluded.position, texts = excluded.texts, \
              modified_at = excluded.modified_at";
    LAST = "SELECT COALESCE(MAX(position), -1), COUNT(*) FROM security_question";
    REMOVE = "DELETE FROM security_question WHERE id = $1 RETURNING id";
    LIST = "SELECT id, position, texts FROM security_question ORDER BY position, id";
    COUNT = "SELECT question_id, COUNT(*) FROM security_answer GROUP BY question_id";
    FORGET = "DELETE FROM security_answer WHERE identity_id = $1";
    ANSWER = "INSERT INTO security_answer (identity_id, question_id, salt, digest, answered_at) \
              VALUES ($1, $2, $3, $4, $5)";
    ANSWERS = "SELECT question_id, salt, digest FROM security_answer WHERE identity_id = $1 ORDER BY question_id";
}

/// An answer at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    pub question_id: String,
    /// Base64.
    pub salt: String,
    pub digest: String,
}

/// Inserts or replaces a question.
///
/// # Errors
/// When the database does not answer.
pub async fn upsert(tx: &mut Tx<'_>, question: &SecurityQuestion, now: Timestamp) -> Result<(), StorageError> {
    execute!(tx, UPSERT, question.id.as_str(), question.position, to_json(&question.texts), now.0)?;
    Ok(())
}

/// A question behind all others.
pub struct AddSecurityQuestion {
    /// Its position does not matter.
    pub question: SecurityQuestion,
    /// There may be so many, this one included.
    pub most: i64,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for AddSecurityQuestion {
    /// False when there are too many.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let (last, count) = fetch_optional!(tx, (i64, i64), LAST)?.unwrap_or_default();
        if count >= self.most {
            return Ok(false);
        }
        let question = SecurityQuestion { position: last + 1, ..self.question.clone() };
        upsert(tx, &question, self.now).await?;
        audit::insert(tx, &self.audit).await?;
        Ok(true)
    }
}

/// Removes a question with everybody's answers to it.
pub struct RemoveSecurityQuestion {
    pub id: String,
    pub audit: AuditRecord,
}

impl Write for RemoveSecurityQuestion {
    /// False when there is none of this id.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let removed = fetch_optional!(tx, (String,), REMOVE, self.id.as_str())?.is_some();
        if removed {
            audit::insert(tx, &self.audit).await?;
        }
        Ok(removed)
    }
}

/// All questions in their order.
///
/// # Errors
/// When the database does not answer.
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<SecurityQuestion>, StorageError> {
    let rows = fetch_all!(tx, (String, i64, String), LIST)?;
    rows.into_iter()
        .map(|(id, position, texts)| {
            Ok(SecurityQuestion { id, position, texts: from_json("security_question", &texts)? })
        })
        .collect()
}

/// How many people answered each question that anybody answered.
///
/// # Errors
/// When the database does not answer.
pub async fn count_answers(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>, StorageError> {
    fetch_all!(tx, (String, i64), COUNT)
}

/// An identity's answers in the place of those it had; none at all is a removal. What was proved before ends with it, as with a factor.
pub struct ReplaceSecurityAnswers {
    pub identity_id: IdentityId,
    pub answers: Vec<StoredAnswer>,
    pub now: Timestamp,
    pub audit: AuditRecord,
    pub notice: Notice,
}

impl Write for ReplaceSecurityAnswers {
    /// False when there were none and none are set. `Conflict` when the identity or a question is gone meanwhile.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let identity = self.identity_id.as_str();
        let had = execute!(tx, FORGET, identity)? > 0;
        for answer in &self.answers {
            let StoredAnswer { question_id, salt, digest } = answer;
            execute!(tx, ANSWER, identity, question_id.as_str(), salt.as_str(), digest.as_str(), self.now.0)?;
        }
        let is_change = had || !self.answers.is_empty();
        if is_change {
            changed(tx, &self.identity_id, &self.audit, &self.notice, self.now).await?;
        }
        Ok(is_change)
    }
}

/// An identity's answers.
///
/// # Errors
/// When the database does not answer.
pub async fn answers(tx: &mut Tx<'_>, identity: &IdentityId) -> Result<Vec<StoredAnswer>, StorageError> {
    let rows = fetch_all!(tx, (String, String, String), ANSWERS, identity.as_str())?;
    Ok(rows.into_iter().map(|(question_id, salt, digest)| StoredAnswer { question_id, salt, digest }).collect())
}
