//! Password policies. There is always one default policy: marking another one moves the mark, nothing takes it away.

mod create;
mod delete;
mod get;
mod list;
mod save;
mod set;
mod users;

pub(crate) use users::Users;
