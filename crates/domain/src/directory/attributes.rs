use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The values of one attribute of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    One(String),
    Many(Vec<String>),
}

impl AttributeValue {
    /// Each of them.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let all = match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        };
        all.iter().map(String::as_str)
    }
}

impl From<String> for AttributeValue {
    fn from(value: String) -> Self {
        Self::One(value)
    }
}

impl From<&str> for AttributeValue {
    fn from(value: &str) -> Self {
        Self::One(value.to_owned())
    }
}

/// Attributes by name, in the spelling of their source.
pub type Attributes = BTreeMap<String, AttributeValue>;

/// Parts of names that secrets have; a name with one of them is never shown and never read into the database.
const PARTS: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "secret",
    "credential",
    "privatekey",
    "private_key",
    "token",
    "hash",
    "dbcspwd",
];
/// Names of secrets that have none of the parts (MS-ADTS, OpenLDAP's password policy, Samba).
const NAMES: [&str; 9] = [
    "unicodepwd",
    "ntpwdhistory",
    "lmpwdhistory",
    "pwdhistory",
    "pwd",
    "pin",
    "krbprincipalkey",
    "salt",
    "otpsecretkey",
];

/// Whether an attribute of this name may hold a password, a hash or a key. Rather one too many.
#[must_use]
pub fn is_secret_attribute(name: &str) -> bool {
    let name = name.to_lowercase();
    // Attribute options follow a semicolon: userPassword;binary (RFC 4512 section 2.5).
    let bare = name.split(';').next().unwrap_or_default();
    NAMES.contains(&bare) || PARTS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::is_secret_attribute;

    #[test]
    fn secrets_are_known_by_their_names() {
        for secret in [
            "userPassword",
            "userPassword;binary",
            "unicodePwd",
            "supplementalCredentials",
            "sambaNTPassword",
            "PASSWORD",
            "password_hash",
            "api_token",
            "ntPwdHistory",
            "pwd",
            "clientSecret",
            "krbPrincipalKey",
        ] {
            assert!(is_secret_attribute(secret), "{secret}");
        }
        for shown in
            ["mail", "department", "pwdLastSet", "pwdChangedTime", "cn", "shipping", "sAMAccountName", "opinion"]
        {
            assert!(!is_secret_attribute(shown), "{shown}");
        }
    }
}
