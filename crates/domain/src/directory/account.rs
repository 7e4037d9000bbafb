use super::Attributes;
use crate::ids::{AccountId, IdentityId, SourceId};

/// An identity's account on a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub identity_id: IdentityId,
    pub source_id: SourceId,
    /// The native id: a DN, a row key. The wire's `accountId`.
    pub native_identity: String,
    /// The display name. The wire's `accountName`.
    pub name: String,
    pub attributes: Attributes,
}
