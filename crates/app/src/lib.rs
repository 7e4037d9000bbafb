//! Use cases, access checks, audit, jobs and the worker. Authorisation is decided here, on the parsed request; every
//! effect is written together with its audit record. No HTTP and no SQL: `http` decodes and encodes, `storage` keeps.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop by panicking")
)]

mod access;
pub mod account_activities;
pub mod accounts;
pub mod administration;
pub mod aggregations;
pub mod alerts;
pub mod applications;
mod auth_org;
pub mod auth_users;
pub mod backup;
pub mod branding;
mod catalog;
pub mod deliveries;
pub mod digit_tokens;
mod edit;
mod epoch_keys;
mod error;
pub mod factors;
pub mod held;
pub mod help_desk;
pub mod identities;
pub mod instructions;
pub mod jobs;
mod keys;
pub mod languages;
mod letters;
pub mod mfa;
pub mod oauth;
pub mod oauth_clients;
mod outbound;
pub mod password_groups;
pub mod password_manager;
mod password_policies;
mod password_settings;
pub mod passwords;
pub mod personal_access_tokens;
pub mod policy_holders;
pub mod rate_limit;
pub mod recovery;
mod seams;
pub mod security_questions;
mod service;
pub mod sessions;
pub mod setup;
mod source_schemas;
mod source_stops;
pub mod sources;
mod third_party;
pub mod webhooks;
pub mod worker;

pub use auth_org::ServiceProviderConfig;
pub use catalog::{Catalog, OrgConfig};
pub use edit::Listing;
pub use epoch_keys::adopt_epoch_keys;
pub use error::{Error, Fault};
pub use outbound::{MailSettings, OutboundSettings};
pub use password_settings::OrgConfigRequest;
pub use passwright_connectors::notify::Networks;
pub use passwright_domain::access::{ApiVersion, Caller, Level, Principal, ScopeSet};
pub use passwright_domain::audit::Trace;
pub use passwright_domain::auth_org::{LockoutConfig, NetworkConfig, SessionConfig};
pub use passwright_domain::collection::Request as CollectionRequest;
pub use passwright_domain::directory::SourceSchema;
pub use passwright_domain::ids;
pub use passwright_domain::json_patch::PatchOperation;
pub use passwright_domain::policy::PasswordPolicy;
pub use passwright_domain::timestamp::Timestamp;
pub use seams::{Clock, OsRng, Rng, SystemClock, Target};
pub use service::{Health, Service, Settings, SourceLimits};
pub use source_stops::Stopped;
