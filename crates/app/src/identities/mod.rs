//! Identities as administrators see them, and the few facts of them that everybody may know.

mod get_identity;
mod list_identities;
mod list_public_identities;

use passwright_domain::directory::is_secret_attribute;
pub use passwright_domain::directory::{Identity, IdentityStatus};
pub use passwright_storage::directory::identities::Stored as StoredIdentity;

/// Leaves out what may be a secret, whatever wrote it there.
fn shown(mut stored: StoredIdentity) -> StoredIdentity {
    stored.identity.attributes.retain(|name, _| !is_secret_attribute(name));
    stored
}
