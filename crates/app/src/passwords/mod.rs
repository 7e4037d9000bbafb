//! The password calls: query info, dry run, set, sync, status; and changes with their targets: create, get, list, cancel.

mod alert;
mod cancel_password_change;
mod create_password_change;
mod dry_run_password;
mod get_password_change;
mod get_password_change_status;
mod list_password_changes;
mod query_password_info;
mod set_password;
mod shown;
mod summary;
mod sync_password;

pub use passwright_domain::change::{ChangeState, TargetState};
pub use passwright_vault::secret::Password;

pub use dry_run_password::{AccountVerdict, PasswordDryRun};
pub use get_password_change_status::PasswordChangeStatus;
pub use list_password_changes::PasswordChangeQuery;
pub use query_password_info::{PasswordInfo, PasswordInfoQuery};
pub use set_password::{AcceptedPasswordChange, SetPasswordRequest};
pub use shown::{PasswordChange, PasswordChangeTarget, rfc3339};

pub(crate) use set_password::{named_account, payload_binding};
