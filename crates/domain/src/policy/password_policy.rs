//! The policy itself. Field names in JSON are the wire's (`PasswordPolicyV3Dto`), so one form serves the database and the
//! wire. On input `null` and absent mean the same: the default; unknown fields are ignored.

use serde::{Deserialize, Deserializer, Serialize};

/// Switches off `minCharacterTypes`, `maxRepeatedChars` and the two minimum word lengths.
pub const OFF: i64 = -1;

const EXPIRATION_DAYS: i64 = 90;

/// A password policy. Lengths are in characters (Unicode code points), durations in days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordPolicy {
    /// 32 hex digits; empty before the policy is stored. Given by the service, so the text of a request is not read.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    pub description: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Milliseconds since the Unix epoch.
    #[serde(deserialize_with = "milliseconds")]
    pub date_created: i64,
    /// Milliseconds since the Unix epoch.
    #[serde(deserialize_with = "milliseconds")]
    pub last_updated: Option<i64>,
    /// Days before expiration on which the first reminder goes out; `None`: no reminder.
    pub first_expiration_reminder: Option<i64>,
    /// Shortest word of the account id that counts; below 1: [`super::DEFAULT_MIN_WORD_LENGTH`].
    #[serde(deserialize_with = "or_off")]
    pub account_id_min_word_length: i64,
    /// Shortest word of the account name that counts; below 1: [`super::DEFAULT_MIN_WORD_LENGTH`].
    #[serde(deserialize_with = "or_off")]
    pub account_name_min_word_length: i64,
    /// Least number of letters; below 1: off.
    #[serde(deserialize_with = "or_default")]
    pub min_alpha: i64,
    /// How many of the four character types must be met; below 1: off, and every minimum holds by itself.
    #[serde(deserialize_with = "or_off")]
    pub min_character_types: i64,
    /// Below 1: no maximum.
    #[serde(deserialize_with = "or_default")]
    pub max_length: i64,
    /// Below 1: off.
    #[serde(deserialize_with = "or_default")]
    pub min_length: i64,
    /// Longest run of one character; below 0: off; 0 is read as 1, since a run of 1 cannot be avoided.
    #[serde(deserialize_with = "or_off")]
    pub max_repeated_chars: i64,
    /// Least number of lower-case letters; below 1: off.
    #[serde(deserialize_with = "or_default")]
    pub min_lower: i64,
    /// Least number of digits; below 1: off.
    #[serde(deserialize_with = "or_default")]
    pub min_numeric: i64,
    /// Least number of special characters; below 1: off.
    #[serde(deserialize_with = "or_default")]
    pub min_special: i64,
    /// Least number of upper-case letters; below 1: off.
    #[serde(deserialize_with = "or_default")]
    pub min_upper: i64,
    /// Days until a password expires; counts only with `enable_passwd_expiration`.
    #[serde(deserialize_with = "or_expiration_days")]
    pub password_expiration: i64,
    #[serde(deserialize_with = "or_default")]
    pub default_policy: bool,
    #[serde(deserialize_with = "or_default")]
    pub enable_passwd_expiration: bool,
    #[serde(deserialize_with = "or_default")]
    pub require_strong_authn: bool,
    #[serde(deserialize_with = "or_default")]
    pub require_strong_auth_off_network: bool,
    #[serde(deserialize_with = "or_default")]
    pub require_strong_auth_untrusted_geographies: bool,
    /// Refuse words of the account's attributes.
    #[serde(deserialize_with = "or_default")]
    pub use_account_attributes: bool,
    /// Refuse words of the dictionary.
    #[serde(deserialize_with = "or_default")]
    pub use_dictionary: bool,
    /// Refuse words of the identity's attributes.
    #[serde(deserialize_with = "or_default")]
    pub use_identity_attributes: bool,
    /// Refuse words of the account id.
    #[serde(deserialize_with = "or_default")]
    pub validate_against_account_id: bool,
    /// Refuse words of the account name.
    #[serde(deserialize_with = "or_default")]
    pub validate_against_account_name: bool,
    pub created: Option<String>,
    pub modified: Option<String>,
    /// The sources that use this policy.
    #[serde(deserialize_with = "or_default")]
    pub source_ids: Vec<String>,
}

impl Default for PasswordPolicy {
    /// The defaults of the wire's schema: every rule off.
    fn default() -> Self {
        Self {
            id: String::new(),
            description: None,
            name: String::new(),
            date_created: 0,
            last_updated: None,
            first_expiration_reminder: None,
            account_id_min_word_length: OFF,
            account_name_min_word_length: OFF,
            min_alpha: 0,
            min_character_types: OFF,
            max_length: 0,
            min_length: 0,
            max_repeated_chars: OFF,
            min_lower: 0,
            min_numeric: 0,
            min_special: 0,
            min_upper: 0,
            password_expiration: EXPIRATION_DAYS,
            default_policy: false,
            enable_passwd_expiration: false,
            require_strong_authn: false,
            require_strong_auth_off_network: false,
            require_strong_auth_untrusted_geographies: false,
            use_account_attributes: false,
            use_dictionary: false,
            use_identity_attributes: false,
            validate_against_account_id: false,
            validate_against_account_name: false,
            created: None,
            modified: None,
            source_ids: Vec::new(),
        }
    }
}

impl PasswordPolicy {
    /// Every rule off: any password passes.
    #[must_use]
    pub fn permissive(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// What the administrator's form starts with: 8 characters, 1 letter, 1 digit, all else off.
    #[must_use]
    pub fn form_defaults(name: &str) -> Self {
        Self { min_length: 8, min_alpha: 1, min_numeric: 1, ..Self::permissive(name) }
    }

    /// Whether a change needs strong authentication of a user who is, or is not, on the organisation's network. Which
    /// country an address is in is not known, so every one counts as untrusted.
    #[must_use]
    pub fn wants_strong_authentication(&self, on_network: bool) -> bool {
        self.require_strong_authn
            || self.require_strong_auth_untrusted_geographies
            || (self.require_strong_auth_off_network && !on_network)
    }

    /// The longest run of one character allowed; `None`: any.
    pub(super) fn longest_run(&self) -> Option<i64> {
        (self.max_repeated_chars >= 0).then(|| self.max_repeated_chars.max(1))
    }

    /// The greatest length allowed; `None`: any.
    pub(super) fn greatest_length(&self) -> Option<i64> {
        (self.max_length > 0).then_some(self.max_length)
    }

    /// How many of the four character types must be met, 1 to 4; `None`: off. More than there are types means all.
    pub(super) fn character_types(&self) -> Option<i64> {
        (self.min_character_types > 0).then(|| self.min_character_types.min(4))
    }

    /// The minima of the four character types: upper case, lower case, digits, special; 0: off.
    pub(super) fn type_minima(&self) -> [i64; 4] {
        [self.min_upper, self.min_lower, self.min_numeric, self.min_special].map(|minimum| minimum.max(0))
    }
}

fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(input: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or_default())
}

/// A time that is not a number, as beta and v3 show it, is not read: the service keeps these times itself.
fn milliseconds<'de, D: Deserializer<'de>, T: Default + From<i64>>(input: D) -> Result<T, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Time {
        Number(i64),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Time::deserialize(input)? {
        Time::Number(number) => number.into(),
        Time::Other(_) => T::default(),
    })
}

fn or_off<'de, D: Deserializer<'de>>(input: D) -> Result<i64, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or(OFF))
}

fn or_expiration_days<'de, D: Deserializer<'de>>(input: D) -> Result<i64, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or(EXPIRATION_DAYS))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::PasswordPolicy;

    /// The property names of `PasswordPolicyV3Dto`.
    const WIRE_NAMES: &[&str] = &[
        "id",
        "description",
        "name",
        "dateCreated",
        "lastUpdated",
        "firstExpirationReminder",
        "accountIdMinWordLength",
        "accountNameMinWordLength",
        "minAlpha",
        "minCharacterTypes",
        "maxLength",
        "minLength",
        "maxRepeatedChars",
        "minLower",
        "minNumeric",
        "minSpecial",
        "minUpper",
        "passwordExpiration",
        "defaultPolicy",
        "enablePasswdExpiration",
        "requireStrongAuthn",
        "requireStrongAuthOffNetwork",
        "requireStrongAuthUntrustedGeographies",
        "useAccountAttributes",
        "useDictionary",
        "useIdentityAttributes",
        "validateAgainstAccountId",
        "validateAgainstAccountName",
        "created",
        "modified",
        "sourceIds",
    ];

    #[test]
    fn json_names_are_the_wires() {
        let json = serde_json::to_value(PasswordPolicy::permissive("P")).unwrap();
        let names: BTreeSet<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, WIRE_NAMES.iter().copied().collect());
        assert_eq!(json["firstExpirationReminder"], Value::Null);
        assert_eq!(json["minCharacterTypes"], json!(-1));
        assert_eq!(json["passwordExpiration"], json!(90));
    }

    #[test]
    fn absent_null_and_unknown_fields_give_the_default() {
        let nulls: Value = WIRE_NAMES.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
        for input in [json!({}), nulls, json!({"connectedServices": [1], "maxRepeatedChars": null})] {
            assert_eq!(serde_json::from_value::<PasswordPolicy>(input).unwrap(), PasswordPolicy::default());
        }
    }

    #[test]
    fn who_needs_strong_authentication() {
        let policy = |always, off_network, geographies| PasswordPolicy {
            require_strong_authn: always,
            require_strong_auth_off_network: off_network,
            require_strong_auth_untrusted_geographies: geographies,
            ..PasswordPolicy::default()
        };
        for (flags, on_network, off_network) in [
            ((false, false, false), false, false),
            ((true, false, false), true, true),
            ((false, true, false), false, true),
            ((false, false, true), true, true),
            ((true, true, true), true, true),
        ] {
            let policy = policy(flags.0, flags.1, flags.2);
            let wants = [true, false].map(|on| policy.wants_strong_authentication(on));
            assert_eq!(wants, [on_network, off_network], "{flags:?}");
        }
    }

    #[test]
    fn survives_a_round_trip() {
        let policy = PasswordPolicy {
            first_expiration_reminder: Some(10),
            account_id_min_word_length: 4,
            use_dictionary: true,
            source_ids: vec!["2c91808382ffee0b01830de154f14034".into()],
            ..PasswordPolicy::form_defaults("Demo")
        };
        let text = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<PasswordPolicy>(&text).unwrap(), policy);
    }

    #[test]
    fn times_as_text_are_not_read() {
        let given = json!({"dateCreated": "2026-01-15T10:20:30Z", "lastUpdated": "2026-01-15T10:20:30Z"});
        assert_eq!(serde_json::from_value::<PasswordPolicy>(given).unwrap(), PasswordPolicy::default());
        let stored: PasswordPolicy = serde_json::from_value(json!({"dateCreated": 5, "lastUpdated": 6})).unwrap();
        assert_eq!((stored.date_created, stored.last_updated), (5, Some(6)));
    }

    #[test]
    fn a_number_as_text_is_refused() {
        assert!(serde_json::from_value::<PasswordPolicy>(json!({"minLength": "8"})).is_err());
    }
}
