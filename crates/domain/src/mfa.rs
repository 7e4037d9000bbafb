//! Providers of a further factor: how one is named and reached. Their secrets are masked wherever they are shown.

use serde::{Deserialize, Serialize};

/// A provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MfaMethod {
    OktaVerify,
    DuoWeb,
}

impl MfaMethod {
    pub const ALL: [Self; 2] = [Self::OktaVerify, Self::DuoWeb];

    /// The wire's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OktaVerify => "okta-verify",
            Self::DuoWeb => "duo-web",
        }
    }

    /// The method of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }
}

/// How a provider is reached, as it is kept: secrets sealed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MfaProvider {
    pub enabled: bool,
    /// Name or address, with a port where it is not 443.
    pub host: Option<String>,
    /// The identity attribute that holds the user's name at the provider.
    pub identity_attribute: Option<String>,
    /// Duo's `ikey`.
    pub integration_key: Option<String>,
    pub sealed_access_key: Option<String>,
    /// Duo's `skey`.
    pub sealed_secret_key: Option<String>,
}

/// Longest key of a provider, in characters.
const LONGEST_KEY: usize = 512;
/// Longest host name with its port, in characters.
const LONGEST_HOST: usize = 261;
/// Fewest characters of which the first and the last may be shown.
const MASKED_WITH_ENDS: usize = 12;

/// What is shown of a secret: `d******Y`, and of a short one no character at all.
#[must_use]
pub fn masked(secret: &str) -> String {
    let mut characters = secret.chars();
    match (characters.next(), characters.next_back()) {
        (Some(first), Some(last)) if secret.chars().count() >= MASKED_WITH_ENDS => format!("{first}******{last}"),
        _ => "********".to_owned(),
    }
}

/// Whether a key of a provider may be one: it travels in a header.
#[must_use]
pub fn is_key(text: &str) -> bool {
    (1..=LONGEST_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether the text has the form of a host name or an address with an optional port, and nothing of a URL besides.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    (1..=LONGEST_HOST).contains(&text.len()) && text.bytes().all(allowed)
}

impl MfaProvider {
    /// What is missing before the method can be used.
    #[must_use]
    pub fn missing(&self, method: MfaMethod) -> Vec<&'static str> {
        let needed: &[(&str, bool)] = match method {
            MfaMethod::OktaVerify => &[("host", self.host.is_some()), ("accessKey", self.sealed_access_key.is_some())],
            MfaMethod::DuoWeb => &[
                ("host", self.host.is_some()),
                ("configProperties.ikey", self.integration_key.is_some()),
                ("configProperties.skey", self.sealed_secret_key.is_some()),
            ],
        };
        needed.iter().filter(|(_, there)| !there).map(|(field, _)| *field).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks() {
        for (secret, mask) in [
            ("dk778Y3QlA5UqocYpdU3rEkzrK2D497y", "d******y"),
            ("abcdefghijkl", "a******l"),
            ("abcdefghijk", "********"),
            ("x", "********"),
            ("", "********"),
            ("\u{e4}bcdefghijk\u{f6}", "\u{e4}******\u{f6}"),
        ] {
            assert_eq!(masked(secret), mask);
        }
    }

    #[test]
    fn hosts_and_keys() {
        for good in ["api-1.duosecurity.com", "example.com:8443", "10.0.0.1", "[2001:db8::1]:443"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "https://a", "a/b", "a?b", "u@a", "a b", "\u{e4}", "a#b", "a\\b", &"a".repeat(262)] {
            assert!(!is_host(bad), "{bad}");
        }
        assert!(is_key("a+/=~") && is_key(&"x".repeat(512)));
        for bad in ["", " a", "a\n", "\u{e4}", &"x".repeat(513)] {
            assert!(!is_key(bad), "{bad:?}");
        }
    }

    #[test]
    fn what_is_missing() {
        let nothing = MfaProvider::default();
        assert_eq!(nothing.missing(MfaMethod::OktaVerify), ["host", "accessKey"]);
        assert_eq!(nothing.missing(MfaMethod::DuoWeb), ["host", "configProperties.ikey", "configProperties.skey"]);
        let text = || Some("x".to_owned());
        let okta = MfaProvider { host: text(), sealed_access_key: text(), ..nothing.clone() };
        assert!(okta.missing(MfaMethod::OktaVerify).is_empty());
        let duo = MfaProvider { host: text(), integration_key: text(), sealed_secret_key: text(), ..nothing };
        assert!(duo.missing(MfaMethod::DuoWeb).is_empty());
        assert_eq!(MfaMethod::named("duo-web"), Some(MfaMethod::DuoWeb));
        assert_eq!([MfaMethod::named("Duo-Web"), MfaMethod::named("kba")], [None, None]);
    }
}
