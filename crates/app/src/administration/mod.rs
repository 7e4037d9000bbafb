//! What the administration's pages need besides the use cases of the administrators' API: how the sources are, everybody's
//! changes, the audit, and which rules hold where. Every one of them asks for a right first, as those of the API do.

mod list_rules;
mod list_source_states;
mod people;
mod resume_stopped_source;
mod retry_password_change;
mod search_audit;
mod search_password_changes;

pub use list_rules::RulesOfSources;
pub use list_source_states::{Condition, SourceState};
pub use passwright_domain::audit::Outcome;
pub use passwright_storage::audit::Kept as KeptRecord;
pub use passwright_storage::changes::overview::Wanted as WantedChanges;
pub use people::Who;
pub(crate) use people::people;
pub use search_audit::{AuditExport, AuditQuery, FoundRecords, ShownRecord};
pub use search_password_changes::{FoundChange, FoundChanges, PasswordChangeSearch};
