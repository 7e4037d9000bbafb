//! What Duo or Okta Verify was asked for a step of a flow, and that an answer counts once.

use std::time::Duration;

use passwright_domain::audit::AuditRecord;
use passwright_domain::mfa::MfaMethod;
use passwright_domain::reset::FlowId;
use passwright_domain::timestamp::Timestamp;

use super::{StoredFlow, TakeProofAttempt, flows, right};
use crate::{StorageError, Tx, Write, audit};

statements! {
    INSERT = "INSERT INTO third_party_question (id, flow_id, step, provider, poll_path, number, looks, expires_at) \
              VALUES ($1, $2, $3, $4, '', '', 0, $5)";
    LOOKUP = "SELECT provider, number FROM third_party_question WHERE flow_id = $1 AND step = $2 AND used_at IS NULL \
              AND expires_at > $3";
    KEEP = "UPDATE third_party_question SET poll_path = $2, number = $3 WHERE id = $1 AND used_at IS NULL";
    LOOK = "UPDATE third_party_question SET looks = looks + 1 WHERE flow_id = $1 AND step = $2 AND provider = $3 \
            AND used_at IS NULL AND expires_at > $4 AND looks < $5 RETURNING id, poll_path";
    CONSUME = "UPDATE third_party_question SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2 \
               RETURNING id";
    USE_CODE = "INSERT INTO used_third_party_code (digest, expires_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING \
                RETURNING digest";
}

/// Asks a third party in a step, which is taken with it.
pub struct AskThirdParty {
    pub id: String,
    /// At the step that the question is for.
    pub flow: StoredFlow,
    pub provider: MfaMethod,
    pub expires_at: Timestamp,
    /// Counts the question.
    pub attempt: TakeProofAttempt,
    pub audit: AuditRecord,
}

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Waiting,
    /// There were too many with this name: for so long the step is taken and nobody is asked.
    TooMany(Duration),
    /// Another request took a step meanwhile; nothing was written.
    Overtaken,
}

impl Write for AskThirdParty {
    type Output = Asked;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Asked, StorageError> {
        let flow = &self.flow.flow;
        if !flows::save(tx, flow, self.flow.revision).await? {
            return Ok(Asked::Overtaken);
        }
        if let Some(wait) = self.attempt.apply(tx).await? {
            return Ok(Asked::TooMany(wait));
        }
        let (id, step) = (self.id.as_str(), i64::from(flow.step()));
        execute!(tx, INSERT, id, flow.id().as_str(), step, self.provider.as_str(), self.expires_at.0)?;
        audit::insert(tx, &self.audit).await?;
        Ok(Asked::Waiting)
    }
}

/// A question that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredQuestion {
    pub provider: MfaMethod,
    /// The number that the app asks for; empty where there is none.
    pub number: String,
}

/// What was asked in a step and can still be answered.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_question(
    tx: &mut Tx<'_>,
    flow: &FlowId,
    step: u32,
    now: Timestamp,
) -> Result<Option<StoredQuestion>, StorageError> {
    let row = fetch_optional!(tx, (String, String), LOOKUP, flow.as_str(), i64::from(step), now.0)?;
    Ok(row.and_then(|(provider, number)| Some(StoredQuestion { provider: MfaMethod::named(&provider)?, number })))
}

/// Keeps how the answer is found out.
pub struct KeepTransaction {
    pub id: String,
    pub poll_path: String,
    pub number: String,
}

impl Write for KeepTransaction {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        execute!(tx, KEEP, self.id.as_str(), self.poll_path.as_str(), self.number.as_str())?;
        Ok(())
    }
}

/// Counts a look at the answer, and gives the question's id and where to look.
pub struct TakeLook {
    pub flow: FlowId,
    pub step: u32,
    pub provider: MfaMethod,
    pub now: Timestamp,
    /// Looks that one question allows.
    pub most: i64,
}

impl Write for TakeLook {
    /// `None`: nothing was asked in the step, or it was answered, is too old, or was looked at too often.
    type Output = Option<(String, String)>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        let (flow, step, provider) = (self.flow.as_str(), i64::from(self.step), self.provider.as_str());
        fetch_optional!(tx, (String, String), LOOK, flow, step, provider, self.now.0, self.most)
    }
}

/// Uses a question up: it was answered. Exactly one caller gets true.
pub struct ConsumeQuestion {
    pub id: String,
    pub now: Timestamp,
    /// Written with it, where the answer is no proof.
    pub audit: Option<AuditRecord>,
}

impl Write for ConsumeQuestion {
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let won = fetch_optional!(tx, (String,), CONSUME, self.id.as_str(), self.now.0)?.is_some();
        if let Some(record) = self.audit.as_ref().filter(|_| won) {
            audit::insert(tx, record).await?;
        }
        Ok(won)
    }
}

/// Uses a code up that the third party found right. Exactly one caller gets true.
pub struct UseThirdPartyCode {
    /// Of code and factor, under a key.
    pub digest: String,
    /// The answer, which counts as failed no longer.
    pub attempt: String,
    /// The code is worth nothing after.
    pub expires_at: Timestamp,
}

impl Write for UseThirdPartyCode {
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let won = fetch_optional!(tx, (String,), USE_CODE, self.digest.as_str(), self.expires_at.0)?.is_some();
        if won {
            right(tx, &self.attempt).await?;
        }
        Ok(won)
    }
}
