//! The flow of a browser. A step is taken only from the revision that was read.

use passwright_domain::audit::AuditRecord;
use passwright_domain::delivery::Notice;
use passwright_domain::reset::{Flow, SessionKey};
use passwright_domain::timestamp::Timestamp;

use crate::deliveries::address_mail;
use crate::rows::corrupt;
use crate::{StorageError, Tx, Write, audit};

statements! {
    BEGIN = "INSERT INTO recovery_flow (session_key, id, state, revision, expires_at) VALUES ($1, $2, $3, 0, $4) \
             ON CONFLICT (session_key) DO UPDATE SET id = excluded.id, state = excluded.state, \
             revision = recovery_flow.revision + 1, expires_at = excluded.expires_at";
    LOOKUP = "SELECT state, revision FROM recovery_flow WHERE session_key = $1";
    SAVE = "UPDATE recovery_flow SET state = $4, revision = revision + 1 WHERE session_key = $1 AND id = $2 \
            AND revision = $3 RETURNING revision";
    KEEP = "UPDATE recovery_flow SET expires_at = $2 WHERE session_key = $1";
    FORGET_FLOWS = "DELETE FROM recovery_flow WHERE expires_at <= $1";
    FORGET_MAILED = "DELETE FROM mailed_proof WHERE expires_at <= $1";
    FORGET_QUESTIONS = "DELETE FROM third_party_question WHERE expires_at <= $1";
    FORGET_CODES = "DELETE FROM used_third_party_code WHERE expires_at <= $1";
    FORGET_PENDING = "DELETE FROM totp_factor WHERE confirmed_at IS NULL AND expires_at <= $1";
    FORGET_CHALLENGES = "DELETE FROM passkey_challenge WHERE expires_at <= $1";
    FORGET_ATTEMPTS = "DELETE FROM proof_attempt WHERE at <= $1";
}

const TABLE: &str = "recovery_flow";

/// A flow as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFlow {
    pub flow: Flow,
    pub revision: i64,
}

/// The flow in a browser. One of another version is none: it is begun again.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup_flow(tx: &mut Tx<'_>, session: &SessionKey) -> Result<Option<StoredFlow>, StorageError> {
    let row = fetch_optional!(tx, (String, i64), LOOKUP, session.as_str())?;
    Ok(row.and_then(|(state, revision)| Some(StoredFlow { flow: Flow::from_stored(&state).ok()?, revision })))
}

fn state(flow: &Flow) -> Result<String, StorageError> {
    flow.to_stored().map_err(|e| corrupt(TABLE, e.to_string()))
}

/// A new flow, in the place of the one the browser had.
pub struct BeginFlow {
    pub flow: Flow,
}

impl Write for BeginFlow {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let flow = &self.flow;
        let (session, id) = (flow.session().as_str(), flow.id().as_str());
        execute!(tx, BEGIN, session, id, state(flow)?, flow.expires_at().0)?;
        Ok(())
    }
}

/// A step taken.
pub struct SaveFlow {
    pub flow: Flow,
    /// The one that was read.
    pub revision: i64,
    pub audit: Option<AuditRecord>,
    /// With the time of the request: what is mailed of it, or its like for nobody.
    pub notice: Option<(Notice, Timestamp)>,
}

impl Write for SaveFlow {
    /// False when another request took a step meanwhile; nothing was written.
    type Output = bool;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<bool, StorageError> {
        if !save(tx, &self.flow, self.revision).await? {
            return Ok(false);
        }
        if let Some(record) = &self.audit {
            audit::insert(tx, record).await?;
        }
        if let Some((notice, now)) = &self.notice {
            let now = tx.now(*now).await?;
            address_mail(tx, notice, now).await?;
        }
        Ok(true)
    }
}

/// Takes a step if the revision is the one that was read still.
pub(super) async fn save(tx: &mut Tx<'_>, flow: &Flow, revision: i64) -> Result<bool, StorageError> {
    let (session, id) = (flow.session().as_str(), flow.id().as_str());
    Ok(fetch_optional!(tx, (i64,), SAVE, session, id, revision, state(flow)?)?.is_some())
}

/// Keeps a flow that has ended, for what came of it to be shown; nothing else can be done with it. Part of the caller's transaction.
pub(super) async fn keep(tx: &mut Tx<'_>, flow: &Flow, until: Timestamp) -> Result<(), StorageError> {
    execute!(tx, KEEP, flow.session().as_str(), until.0)?;
    Ok(())
}

/// Removes what can be used no more.
pub struct ForgetRecovery {
    pub now: Timestamp,
    /// Attempts of then and before are in no budget.
    pub attempts_before: Timestamp,
}

impl Write for ForgetRecovery {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let ended = [FORGET_FLOWS, FORGET_MAILED, FORGET_QUESTIONS, FORGET_CODES, FORGET_PENDING, FORGET_CHALLENGES];
        for statement in ended {
            execute!(tx, statement, self.now.0)?;
        }
        execute!(tx, FORGET_ATTEMPTS, self.attempts_before.0)?;
        Ok(())
    }
}
