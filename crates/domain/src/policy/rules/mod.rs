//! One file per rule. Each looks at one policy and hands every breach to `broken`.

mod account_attributes;
mod account_id;
mod account_name;
mod case;
mod character_types;
mod dictionary;
mod digits;
mod identity_attributes;
mod length;
mod letters;
mod repeated_characters;
mod special;

#[cfg(test)]
mod testing;

pub(super) use character_types::types_hold;

use super::context::PolicyContext;
use super::counts::CharacterCounts;
use super::dictionary::Dictionary;
use super::password_policy::PasswordPolicy;
use super::violation::Violation;

/// What is judged.
pub(super) struct Subject<'a> {
    pub(super) counts: CharacterCounts,
    /// The password in the form for comparing.
    pub(super) folded: &'a str,
    pub(super) context: &'a PolicyContext<'a>,
    pub(super) dictionary: Option<&'a Dictionary>,
}

type Check = fn(&PasswordPolicy, &Subject<'_>, &mut dyn FnMut(Violation));

pub(super) const ALL: &[Check] = &[
    length::check,
    letters::check,
    digits::check,
    case::check,
    special::check,
    character_types::check,
    repeated_characters::check,
    dictionary::check,
    account_id::check,
    account_name::check,
    account_attributes::check,
    identity_attributes::check,
];
