//! Aggregation: what is done with the accounts that a source gives. Whose they are (correlation), whom they make (an
//! authoritative source), and when those that are gone may be taken for gone (the safety stop).

mod correlation;
mod identity_mapping;
mod native_key;
#[cfg(test)]
mod property_tests;
mod removal;
mod settings;
mod state;

pub use correlation::{AccountFacts, Correlation, CorrelationRule, Found, Owner, correlate, identity_value, owner};
pub use identity_mapping::{IdentityMapping, MappedIdentity};
pub use native_key::native_key;
pub use removal::may_remove;
pub use settings::AggregationSettings;
pub use state::{AggregationCounts, AggregationState};
