//! The directory's tables: identities, sources, accounts, applications, password groups and policies.
//! `upsert_*` serves `apply` and the administrators' API alike; every change of what the worker caches raises the
//! catalog's version (see [`settings`](crate::settings)).

pub mod account_states;
pub mod accounts;
pub mod administrators;
pub mod applications;
pub mod identities;
pub mod listed_accounts;
pub mod password_groups;
pub mod password_policies;
pub mod sign_in_passwords;
pub mod source_schemas;
pub mod sources;
pub mod user_applications;
