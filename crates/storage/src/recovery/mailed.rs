//! Codes and links that were mailed for a step of a flow. Their secrets are not here.

use passwright_domain::audit::AuditRecord;
use passwright_domain::delivery::Notice;
use passwright_domain::reset::{FlowId, Method};
use passwright_domain::timestamp::Timestamp;

use super::{TakeProofAttempt, flows, right};
use crate::deliveries::address_mail;
use crate::recovery::StoredFlow;
use crate::{StorageError, Tx, Write, audit};

statements! {
    INSERT = "INSERT INTO mailed_proof (id, flow_id, step, kind, attempts, expires_at) VALUES ($1, $2, $3, $4, 0, $5)";
    LOOKUP = "SELECT id FROM mailed_proof WHERE id = $1 AND used_at IS NULL AND expires_at > $2";
    TAKE = "UPDATE mailed_proof SET attempts = attempts + 1 WHERE flow_id = $1 AND step = $2 AND kind = $3 \
            AND used_at IS NULL AND expires_at > $4 AND attempts < $5 RETURNING id";
    CONSUME = "UPDATE mailed_proof SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2 RETURNING id";
}

/// The method's name in a row; other methods mail nothing.
fn kind(method: Method) -> &'static str {
    if method == Method::MailedLink { "link" } else { "code" }
}

/// Mails a code or a link for a step, which is taken with it.
pub struct MailProof {
    pub id: String,
    /// At the step that the mail is for.
    pub flow: StoredFlow,
    pub method: Method,
    pub expires_at: Timestamp,
    /// Of the mail; counts it.
    pub attempt: TakeProofAttempt,
    /// To nobody when the name is unknown: then the same rows are written and nothing is sent.
    pub notice: Notice,
    pub audit: AuditRecord,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailed {
    /// It will be sent, if there is anybody to send it to.
    Waiting,
    /// There were too many to this name: for so long the step is taken and nothing is sent.
    TooMany(std::time::Duration),
    /// Another request took a step meanwhile; nothing was written.
    Overtaken,
}

impl Write for MailProof {
    type Output = Mailed;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Mailed, StorageError> {
        let flow = &self.flow.flow;
        if !flows::save(tx, flow, self.flow.revision).await? {
            return Ok(Mailed::Overtaken);
        }
        if let Some(wait) = self.attempt.apply(tx).await? {
            return Ok(Mailed::TooMany(wait));
        }
        let step = i64::from(flow.step());
        let (id, kind) = (self.id.as_str(), kind(self.method));
        execute!(tx, INSERT, id, flow.id().as_str(), step, kind, self.expires_at.0)?;
        let now = tx.now(self.attempt.now).await?;
        address_mail(tx, &self.notice, now).await?;
        audit::insert(tx, &self.audit).await?;
        Ok(Mailed::Waiting)
    }
}

/// Whether a mailed code or link can still be used: otherwise there is no point in mailing it.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_mailed(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, StorageError> {
    Ok(fetch_optional!(tx, (String,), LOOKUP, id, now.0)?.is_some())
}

/// Counts an answer to what was mailed for a step, and gives its id to compare with.
pub struct TakeMailedAttempt {
    pub flow: FlowId,
    pub step: u32,
    pub method: Method,
    pub now: Timestamp,
    /// Answers that one mail allows.
    pub most: i64,
}

impl Write for TakeMailedAttempt {
    /// `None`: nothing was mailed for the step, or it is used, too old, or was answered too often.
    type Output = Option<String>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Option<String>, StorageError> {
        let (flow, step, kind) = (self.flow.as_str(), i64::from(self.step), kind(self.method));
        Ok(fetch_optional!(tx, (String,), TAKE, flow, step, kind, self.now.0, self.most)?.map(|(id,)| id))
    }
}

/// Uses a mailed code or link up. Exactly one caller gets true.
pub struct ConsumeMailedProof {
    pub id: String,
    /// The answer, which counts as failed no longer.
    pub attempt: String,
    pub now: Timestamp,
}

impl Write for ConsumeMailedProof {
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let won = fetch_optional!(tx, (String,), CONSUME, self.id.as_str(), self.now.0)?.is_some();
        if won {
            right(tx, &self.attempt).await?;
        }
        Ok(won)
    }
}
