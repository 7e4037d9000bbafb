//! The directory: who has which account on which source, and which sources share a password.

mod account;
mod application;
mod identity;
mod password_group;
mod source;

pub use account::Account;
pub use application::Application;
pub use identity::{Identity, IdentityStatus};
pub use password_group::{PasswordGroup, PasswordGroupKey, PasswordGroups, repeated_source};
pub use source::{Feature, PolicyHolder, Source};
