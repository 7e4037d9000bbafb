//! The directory: who has which account on which source, and which sources share a password.

mod account;
mod application;
mod attributes;
mod identity;
mod listed;
mod listed_sources;
mod password_group;
mod source;
mod source_schema;

pub use account::Account;
pub use application::Application;
pub use attributes::{AttributeValue, Attributes, is_secret_attribute};
pub use identity::{Identity, IdentityStatus};
pub use listed::{
    AccountKey, Accounts, ApplicationKey, Applications, Identities, IdentityKey, PublicIdentities, UserApplicationKey,
    UserApplications,
};
pub use listed_sources::{SourceKey, Sources};
pub use password_group::{PasswordGroup, PasswordGroupKey, PasswordGroups, repeated_source};
pub use source::{Feature, PolicyHolder, Source};
pub use source_schema::{AttributeDefinition, AttributeType, SourceSchema};
