//! What a message to a webhook says: read from the change when it is sent; what goes on changing is in the message's fact.

use passwright_domain::change::TargetState;
use passwright_domain::delivery::Fact;
use passwright_domain::ids::{IdentityId, PasswordChangeId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::{StoredChange, lookup_with_targets};

use crate::passwords::{PasswordChange, PasswordChangeTarget};
use crate::{Error, Service};

/// Makes the body of a message; the wire's forms are not this crate's.
pub type Encode = fn(WebhookEvent) -> Vec<u8>;

/// A message to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// When it happened.
    pub at: Timestamp,
    pub data: EventData,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventData {
    ChangeEnded(PasswordChange),
    TargetEnded(TargetNews),
    TargetRetrying(TargetNews),
    Test,
}

/// One target as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetNews {
    pub change_id: PasswordChangeId,
    pub identity_id: IdentityId,
    pub target: PasswordChangeTarget,
}

impl Service {
    /// The message of a fact; `None` when it is not for webhooks or what it is about is gone.
    pub(super) async fn webhook_event(&self, fact: &Fact, at: Timestamp) -> Result<Option<WebhookEvent>, Error> {
        let data = match fact {
            Fact::ChangeEnded { change } => {
                self.stored_change(change).await?.map(|stored| EventData::ChangeEnded(ended(stored)))
            }
            Fact::TargetEnded { change, position } => {
                self.stored_change(change).await?.and_then(|stored| news(stored, *position)).map(EventData::TargetEnded)
            }
            Fact::TargetRetrying { change, position, attempts, reason, maybe_written, next_attempt_at } => {
                let news = self.stored_change(change).await?.and_then(|stored| news(stored, *position));
                news.map(|news| {
                    let target = PasswordChangeTarget {
                        state: TargetState::Retrying,
                        reason: reason.clone(),
                        attempts: u64::try_from(*attempts).unwrap_or_default(),
                        maybe_written: *maybe_written,
                        next_attempt_at: Some(*next_attempt_at),
                        ended_at: None,
                        ..news.target
                    };
                    EventData::TargetRetrying(TargetNews { target, ..news })
                })
            }
            Fact::ChangeDelayed { .. }
            | Fact::FactorChanged { .. }
            | Fact::AnswersChanged { .. }
            | Fact::ProofMailed { .. }
            | Fact::SignInLocked { .. }
            | Fact::RecoveryFailed { .. }
            | Fact::TokenMade { .. }
            | Fact::NameAsked {}
            | Fact::HelpOffered {} => None,
            Fact::WebhookTest {} => Some(EventData::Test),
        };
        Ok(data.map(|data| WebhookEvent { at, data }))
    }

    pub(super) async fn stored_change(&self, change: &PasswordChangeId) -> Result<Option<StoredChange>, Error> {
        let mut reader = self.store.read().await?;
        Ok(lookup_with_targets(&mut reader.tx(), change).await?)
    }
}

/// An ended change whole: its message was not due before its end may be shown, by the database's clock.
pub(super) fn ended(stored: StoredChange) -> PasswordChange {
    let released_at = stored.change.released_at.unwrap_or_default();
    PasswordChange::of(stored, released_at)
}

fn news(stored: StoredChange, position: i64) -> Option<TargetNews> {
    let (change_id, identity_id) = (stored.change.id.clone(), stored.change.identity_id.clone());
    let mut targets = ended(stored).targets.into_iter();
    let target = targets.nth(usize::try_from(position).ok()?)?;
    Some(TargetNews { change_id, identity_id, target })
}
