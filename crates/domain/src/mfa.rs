//! Providers of a further factor: how one is named and reached. Their secrets are masked wherever they are shown.

use serde::{Deserialize, Serialize};

use crate::directory::{Identity, is_secret_attribute};

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
/// Longest name of a person at a provider, in characters.
const LONGEST_NAME: usize = 256;
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

    /// Whether the method can be used.
    #[must_use]
    pub fn is_usable(&self, method: MfaMethod) -> bool {
        self.enabled && self.missing(method).is_empty()
    }

    /// Whether people have their login name at the provider, so that what a stranger typed tells it already.
    #[must_use]
    pub fn names_by_login(&self) -> bool {
        matches!(self.identity_attribute.as_deref(), None | Some("alias" | "uid"))
    }

    /// A person's name at the provider; none where the attribute is not there or no name.
    #[must_use]
    pub fn name_of(&self, identity: &Identity) -> Option<String> {
        let name = match self.identity_attribute.as_deref() {
            None | Some("alias" | "uid") => Some(&identity.alias),
            Some("email") => identity.email.as_ref().or_else(|| identity.attributes.get("email")),
            Some(attribute) if is_secret_attribute(attribute) => None,
            Some(attribute) => identity.attributes.get(attribute),
        };
        let name = name.map(|name| name.trim().to_owned())?;
        let is_name = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        is_name.then_some(name)
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
    fn names_at_the_provider() {
        let mut abby = Identity {
            id: crate::ids::IdentityId::from_random([1; 16]),
            alias: "Abby.Smith".to_owned(),
            name: "Abby Smith".to_owned(),
            email: Some(" abby@acme.test ".to_owned()),
            status: crate::directory::IdentityStatus::Active,
            levels: [].into(),
            attributes: [("okta", "a.smith"), ("empty", " "), ("line", "a\nb"), ("password", "x")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        };
        let at =
            |attribute: &str| MfaProvider { identity_attribute: Some(attribute.to_owned()), ..MfaProvider::default() };
        assert_eq!(MfaProvider::default().name_of(&abby).as_deref(), Some("Abby.Smith"));
        for (attribute, name) in [
            ("alias", Some("Abby.Smith")),
            ("uid", Some("Abby.Smith")),
            ("email", Some("abby@acme.test")),
            ("okta", Some("a.smith")),
            ("none", None),
            ("empty", None),
            ("line", None),
            ("password", None),
        ] {
            assert_eq!(at(attribute).name_of(&abby).as_deref(), name, "{attribute}");
            assert_eq!(at(attribute).names_by_login(), ["alias", "uid"].contains(&attribute), "{attribute}");
        }
        abby.email = None;
        assert_eq!(at("email").name_of(&abby), None);
        abby.attributes.insert("okta".to_owned(), "x".repeat(257));
        assert_eq!(at("okta").name_of(&abby), None);
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
