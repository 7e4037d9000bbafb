//! Agreement of a second operator: asked for, given by somebody else, used once.

use std::time::Duration;

use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;

use crate::{StorageError, Tx, Write, audit};

statements! {
    INSERT = "INSERT INTO help_approval (id, identity_id, asked_by, reason, asked_at) VALUES ($1, $2, $3, $4, $5)";
    FORGET = "DELETE FROM help_approval WHERE identity_id = $1 AND asked_at < $2";
    LIVE = "SELECT id, asked_by, reason, asked_at, approved_by, approved_at FROM help_approval WHERE identity_id = $1 \
            AND used_at IS NULL AND COALESCE(approved_at, asked_at) > $2 ORDER BY asked_at, id";
    // Nobody agrees with themselves.
    APPROVE = "UPDATE help_approval SET approved_by = $3, approved_at = $4 WHERE id = $1 AND identity_id = $2 \
               AND asked_by <> $3 AND approved_by IS NULL AND used_at IS NULL AND asked_at > $5";
    USE = "UPDATE help_approval SET used_at = $3 WHERE id = (SELECT h.id FROM help_approval h WHERE h.identity_id = $1 \
           AND h.asked_by = $2 AND h.approved_by IS NOT NULL AND h.used_at IS NULL AND h.approved_at > $4 \
           ORDER BY h.approved_at LIMIT 1) AND used_at IS NULL";
}

/// An agreement that is asked for or given, and not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpApproval {
    pub id: String,
    /// As the audit writes it.
    pub asked_by: String,
    pub reason: String,
    pub asked_at: Timestamp,
    pub approved_by: Option<String>,
    pub approved_at: Option<Timestamp>,
}

type Row = (String, String, String, i64, Option<String>, Option<i64>);

/// The agreements about a person that were asked for or given less than `lasts` ago and not used, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn live(
    tx: &mut Tx<'_>,
    person: &IdentityId,
    now: Timestamp,
    lasts: Duration,
) -> Result<Vec<HelpApproval>, StorageError> {
    let rows = fetch_all!(tx, Row, LIVE, person.as_str(), (now - lasts).0)?;
    let approval = |(id, asked_by, reason, asked_at, approved_by, approved_at): Row| HelpApproval {
        id,
        asked_by,
        reason,
        asked_at: Timestamp(asked_at),
        approved_by,
        approved_at: approved_at.map(Timestamp),
    };
    Ok(rows.into_iter().map(approval).collect())
}

/// Asks for an agreement; those of more than a day ago are forgotten.
pub struct AskApproval {
    pub id: String,
    pub person: IdentityId,
    pub asked_by: String,
    pub reason: String,
    pub now: Timestamp,
    pub audit: AuditRecord,
}

impl Write for AskApproval {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let (person, now) = (self.person.as_str(), self.now);
        execute!(tx, FORGET, person, (now - Duration::from_secs(86_400)).0)?;
        execute!(tx, INSERT, self.id.as_str(), person, self.asked_by.as_str(), self.reason.as_str(), now.0)?;
        audit::insert(tx, &self.audit).await
    }
}

/// Gives an agreement.
pub struct Approve {
    pub id: String,
    pub person: IdentityId,
    pub approved_by: String,
    pub now: Timestamp,
    /// How long one may be asked for before.
    pub lasts: Duration,
    pub audit: AuditRecord,
}

impl Write for Approve {
    /// False when there is none to be given by this operator; then nothing was written.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let (given, by) = (self.id.as_str(), self.approved_by.as_str());
        let since = (self.now - self.lasts).0;
        if execute!(tx, APPROVE, given, self.person.as_str(), by, self.now.0, since)? != 1 {
            return Ok(false);
        }
        audit::insert(tx, &self.audit).await?;
        Ok(true)
    }
}

/// Uses up one agreement that an operator was given.
pub struct UseApproval {
    pub person: IdentityId,
    pub asked_by: String,
    pub now: Timestamp,
    pub lasts: Duration,
}

impl Write for UseApproval {
    /// False when there is none.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        let since = (self.now - self.lasts).0;
        Ok(execute!(tx, USE, self.person.as_str(), self.asked_by.as_str(), self.now.0, since)? == 1)
    }
}
