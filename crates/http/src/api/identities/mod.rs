//! `/identities` and `/public-identities`, in the path families that have them.

mod encode;
mod get_identity;
mod get_identity_v2;
mod list_identities;
mod list_public_identities;
mod search_identities;

pub(crate) use get_identity::get_identity;
pub(crate) use get_identity_v2::get_identity_v2;
pub(crate) use list_identities::list_identities;
pub(crate) use list_public_identities::list_public_identities;
pub(crate) use search_identities::search_identities;
