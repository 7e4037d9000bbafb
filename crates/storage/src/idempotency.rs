//! Requests that name themselves: the same name again gets the first answer. The name is taken in the transaction that
//! accepts the change, so there is never a name without its change.

use passwright_domain::ids::PasswordChangeId;
use passwright_domain::timestamp::Timestamp;

use crate::changes::{AcceptChange, Accepted};
use crate::rows::{corrupt, id};
use crate::{StorageError, Tx, Write};

statements! {
    TAKE = "INSERT INTO idempotency_key (actor, key_text, request_digest, change_id, expires_at) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (actor, key_text) DO UPDATE SET \
            request_digest = excluded.request_digest, change_id = excluded.change_id, expires_at = excluded.expires_at \
            WHERE idempotency_key.expires_at <= $6";
    LOOKUP = "SELECT request_digest, change_id FROM idempotency_key WHERE actor = $1 AND key_text = $2 \
              AND expires_at > $3";
    CORRECT = "UPDATE idempotency_key SET change_id = $3 WHERE actor = $1 AND key_text = $2";
    FORGET = "DELETE FROM idempotency_key WHERE expires_at <= $1";
}

/// The name a caller gave its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// `Caller::actor`; each has names of its own.
    pub actor: String,
    pub text: String,
    /// Digest of what was asked.
    pub request_digest: String,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The same request was accepted before as this change.
    Same(PasswordChangeId),
    /// Another request has the name.
    Other,
}

/// Looks a name up that has not expired.
///
/// # Errors
/// When the database does not answer.
pub async fn lookup(tx: &mut Tx<'_>, key: &IdempotencyKey, now: Timestamp) -> Result<Option<Named>, StorageError> {
    let row = fetch_optional!(tx, (String, String), LOOKUP, key.actor.as_str(), key.text.as_str(), now.0)?;
    let Some((digest, change)) = row else { return Ok(None) };
    Ok(Some(if digest == key.request_digest { Named::Same(id("idempotency_key", &change)?) } else { Named::Other }))
}

/// Accepts a change unless a request of this name was accepted before.
pub struct AcceptChangeOnce {
    pub key: IdempotencyKey,
    pub expires_at: Timestamp,
    pub accept: AcceptChange,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Once {
    Accepted(Accepted),
    /// Nothing was written.
    Before(Named),
}

impl Write for AcceptChangeOnce {
    type Output = Once;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Once, StorageError> {
        let (key, change) = (&self.key, &self.accept.change);
        let (actor, text, now) = (key.actor.as_str(), key.text.as_str(), change.accepted_at);
        let digest = key.request_digest.as_str();
        if execute!(tx, TAKE, actor, text, digest, change.id.as_str(), self.expires_at.0, now.0)? == 0 {
            let named = lookup(tx, key, now).await?;
            return named.map(Once::Before).ok_or_else(|| corrupt("idempotency_key", "a name taken by nothing"));
        }
        let accepted = self.accept.apply(tx).await?;
        if !accepted.is_new {
            execute!(tx, CORRECT, actor, text, accepted.id.as_str())?;
        }
        Ok(Once::Accepted(accepted))
    }
}

/// Removes the names whose time is over.
pub struct ForgetIdempotencyKeys {
    pub now: Timestamp,
}

impl Write for ForgetIdempotencyKeys {
    type Output = u64;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<u64, StorageError> {
        execute!(tx, FORGET, self.now.0)
    }
}
