//! The password calls: query info, set, status.

mod get_password_change_status;
mod query_password_info;
mod set_password;

pub use passwright_domain::change::ChangeState;

pub use get_password_change_status::PasswordChangeStatus;
pub use query_password_info::{PasswordInfo, PasswordInfoQuery};
pub use set_password::{AcceptedPasswordChange, SetPasswordRequest};

pub(crate) use set_password::payload_binding;
