//! One broken rule, for a program (the code) and for a person (the sentence).

use std::fmt;

use serde::Serialize;

/// The rules a password can break. The code of each is the policy field that switches it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    MinLength,
    MaxLength,
    MinAlpha,
    MinNumeric,
    MinUpper,
    MinLower,
    MinSpecial,
    MinCharacterTypes,
    MaxRepeatedChars,
    UseDictionary,
    ValidateAgainstAccountId,
    ValidateAgainstAccountName,
    UseAccountAttributes,
    UseIdentityAttributes,
}

impl Rule {
    /// The stable machine code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MinLength => "minLength",
            Self::MaxLength => "maxLength",
            Self::MinAlpha => "minAlpha",
            Self::MinNumeric => "minNumeric",
            Self::MinUpper => "minUpper",
            Self::MinLower => "minLower",
            Self::MinSpecial => "minSpecial",
            Self::MinCharacterTypes => "minCharacterTypes",
            Self::MaxRepeatedChars => "maxRepeatedChars",
            Self::UseDictionary => "useDictionary",
            Self::ValidateAgainstAccountId => "validateAgainstAccountId",
            Self::ValidateAgainstAccountName => "validateAgainstAccountName",
            Self::UseAccountAttributes => "useAccountAttributes",
            Self::UseIdentityAttributes => "useIdentityAttributes",
        }
    }
}

/// A broken rule. `message` is one English sentence without any part of the password or of an attribute value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    #[serde(rename = "code")]
    pub rule: Rule,
    /// The policy's figure, where the rule has one.
    pub limit: Option<i64>,
    pub message: String,
}

impl Violation {
    /// Whether this one replaces `other`, a breach of the same rule of another policy.
    pub(super) fn is_stricter_than(&self, other: &Self) -> bool {
        match self.rule {
            Rule::MaxLength
            | Rule::MaxRepeatedChars
            | Rule::ValidateAgainstAccountId
            | Rule::ValidateAgainstAccountName => self.limit < other.limit,
            _ => self.limit > other.limit,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// `1 digit`, `2 digits`.
pub(super) fn quantity(count: i64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::{Rule, Violation};

    #[test]
    fn json_says_the_code() {
        let rules = [
            Rule::MinLength,
            Rule::MaxLength,
            Rule::MinAlpha,
            Rule::MinNumeric,
            Rule::MinUpper,
            Rule::MinLower,
            Rule::MinSpecial,
            Rule::MinCharacterTypes,
            Rule::MaxRepeatedChars,
            Rule::UseDictionary,
            Rule::ValidateAgainstAccountId,
            Rule::ValidateAgainstAccountName,
            Rule::UseAccountAttributes,
            Rule::UseIdentityAttributes,
        ];
        for rule in rules {
            let json = serde_json::to_value(Violation { rule, limit: Some(3), message: "x".into() }).unwrap();
            assert_eq!(json["code"], rule.code());
        }
    }
}
