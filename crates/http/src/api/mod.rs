//! The operations, one file each: decode, call one use case, encode.

pub(crate) mod account_activities;
pub(crate) mod accounts;
pub(crate) mod aggregations;
pub(crate) mod applications;
pub(crate) mod auth_org;
pub(crate) mod auth_users;
pub(crate) mod digit_tokens;
pub(crate) mod held_changes;
pub(crate) mod identities;
pub(crate) mod instructions;
pub(crate) mod mfa;
pub(crate) mod oauth_clients;
pub(crate) mod password_changes;
pub(crate) mod password_groups;
pub(crate) mod password_policies;
pub(crate) mod password_policy;
pub(crate) mod password_settings;
pub(crate) mod passwords;
pub(crate) mod personal_access_tokens;
pub(crate) mod policy_holders;
pub(crate) mod source_schemas;
pub(crate) mod sources;
pub(crate) mod webhooks;
