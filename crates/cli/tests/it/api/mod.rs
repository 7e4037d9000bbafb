//! The service over HTTP, as its clients meet it: the real program with the demo's real targets.

mod administration;
mod bearer_tokens;
mod body_faults;
mod budgets;
mod ciphertext_fence;
mod digit_tokens;
mod four_calls;
mod objects;
mod path_variants;
mod payload_classes;
mod people;
mod permissions;
mod policy_failure;
mod query_faults;
mod rate_limit;
mod revocation;
mod set_password_faults;
mod settings;
mod sign_in;
mod status_visibility;
mod token_request;
mod type_confusion;
