//! The end of a flow: its grant is used up in the transaction of what it allows.

use passwright_domain::audit::AuditRecord;
use passwright_domain::ids::IdentityId;
use passwright_domain::timestamp::Timestamp;

use super::{StoredFlow, flows, generations};
use crate::changes::{AcceptChange, Accepted};
use crate::clients::delete_tokens_of;
use crate::{StorageError, Tx, Write, audit, digit_tokens, oauth_grants};

/// What a grant is used for.
pub enum ResetEffect {
    /// Everything that the old password opened is closed with it.
    SetPassword {
        accept: Box<AcceptChange>,
        /// Whether personal access tokens end too.
        revoke_tokens: bool,
        /// Until when the browser may look at what came of it.
        shown_until: Timestamp,
    },
    /// The record of the right; the systems are asked afterwards, and what they answered has records of its own.
    Unlock { audit: AuditRecord },
}

/// Uses a grant up.
pub struct RedeemFlow {
    /// Redeemed, with the revision that was read before.
    pub flow: StoredFlow,
    pub identity_id: IdentityId,
    /// Of the grant.
    pub generation: i64,
    pub effect: ResetEffect,
    pub now: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    Accepted(Accepted),
    Unlock,
    /// Another request was first, or the credentials changed: the grant is gone and there was no effect.
    Overtaken,
}

impl Write for RedeemFlow {
    type Output = Redeemed;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Redeemed, StorageError> {
        if !flows::save(tx, &self.flow.flow, self.flow.revision).await? {
            return Ok(Redeemed::Overtaken);
        }
        let identity = &self.identity_id;
        match &self.effect {
            ResetEffect::SetPassword { accept, revoke_tokens, shown_until } => {
                if !generations::raise_from(tx, identity, self.generation).await? {
                    return Ok(Redeemed::Overtaken);
                }
                oauth_grants::revoke_of_identity(tx, identity, self.now).await?;
                digit_tokens::close_of_identity(tx, identity, self.now).await?;
                if *revoke_tokens {
                    delete_tokens_of(tx, identity).await?;
                }
                flows::keep(tx, &self.flow.flow, *shown_until).await?;
                Ok(Redeemed::Accepted(accept.apply(tx).await?))
            }
            ResetEffect::Unlock { audit: record } => {
                if generations::lookup(tx, identity).await? != self.generation {
                    return Ok(Redeemed::Overtaken);
                }
                audit::insert(tx, record).await?;
                Ok(Redeemed::Unlock)
            }
        }
    }
}
