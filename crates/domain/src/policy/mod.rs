//! Password policy: what a new password must satisfy, and how that is told to people and programs.
//!
//! Everything here is a pure function of its arguments. A policy says what the service checks before it writes; the
//! target system may still refuse. Nothing here keeps history: re-use and minimum age stay with the target.
//!
//! How characters are counted (see [`counts`]): any Unicode is allowed in a password. Letters are all alphabetic
//! characters, digits are `0` to `9`, special characters are one fixed list. A character in none of these classes
//! (`:`, `£`) counts towards the length only.
//!
//! Invariants: no [`Violation`] holds any part of the password or of an attribute value; a copy of the password made for
//! comparing is erased when the check ends.

mod checklist;
mod conflicts;
mod context;
pub mod counts;
mod describe;
mod dictionary;
mod evaluate;
mod fold;
mod listed;
mod merge;
mod password_policy;
mod rules;
mod select;
mod strength;
mod suggest;
mod violation;
mod words;

#[cfg(test)]
mod property_tests;

pub use checklist::{ListedRule, checklist};
pub use conflicts::{Conflict, conflicts, first_fault, out_of_range, shortest_length};
pub use context::PolicyContext;
pub use describe::describe;
pub use dictionary::{
    Dictionary, DictionaryFault, DictionaryFaults, MAX_LINE_CODE_POINTS, MAX_REPORTED_FAULTS, MAX_WORD_LINES,
};
pub use evaluate::evaluate;
pub use listed::{PasswordPolicies, PasswordPolicyKey};
pub use merge::merge;
pub use password_policy::{OFF, PasswordPolicy};
pub use select::{SourceGroup, select};
pub use strength::{Strength, strength};
pub use suggest::suggest;
pub use violation::{Rule, Violation};
pub use words::{DEFAULT_MIN_WORD_LENGTH, MIN_PHONE_DIGITS};
