//! OAuth scopes. Unknown ones are kept as text: they may be stored and shown, and confer nothing.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// One scope.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Scope {
            $($(#[$doc])* $name,)*
            /// A scope this version does not know.
            Other(Box<str>),
        }

        impl Scope {
            /// Every known scope.
            pub const KNOWN: &'static [Self] = &[$(Self::$name),*];

            /// The text on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for Scope {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)*
                    other => Self::Other(other.into()),
                }
            }
        }
    };
}

scopes! {
    /// Everything the user level allows.
    All = "sp:scopes:all";
    /// What every signed-in user may do, such as reading public identities.
    Default = "sp:scopes:default";
    /// Generate digit tokens.
    PasswordDigitTokenCreate = "idn:password-digit-token:create";
    /// Read the state of password changes.
    PasswordChangeRead = "idn:password-change:read";
    /// Query password information.
    PasswordInfoRead = "idn:password-info:read";
    /// Set passwords.
    PasswordChangeManage = "idn:password-change:manage";
    /// Read password policies.
    PasswordPolicyRead = "idn:password-policy:read";
    /// Change password policies.
    PasswordPolicyWrite = "idn:password-policy:write";
    /// Read password sync groups.
    PasswordSyncGroupRead = "idn:password-sync-group:read";
    /// Change password sync groups.
    PasswordSyncGroupManage = "idn:password-sync-group:manage";
    /// Read the password dictionary.
    PasswordDictionaryRead = "idn:password-dictionary:read";
    /// Replace the password dictionary.
    PasswordDictionaryManage = "idn:password-dictionary:manage";
    /// Read the organisation's password settings.
    PasswordOrgConfigRead = "idn:password-org-config:read";
    /// Change the organisation's password settings.
    PasswordOrgConfigManage = "idn:password-org-config:manage";
    /// The older name of [`Scope::PasswordOrgConfigManage`].
    PasswordOrgConfigWrite = "idn:password-org-config:write";
    /// Invite users to register.
    PasswordUserInviteManage = "idn:password-user-invite:manage";
    /// Send an account verification for a reset started by an administrator.
    PasswordUserInvite = "idn:password:user-invite";
    /// Read sources.
    SourcesRead = "idn:sources:read";
    /// Change sources.
    SourcesManage = "idn:sources:manage";
    /// Read the account schemas of sources.
    SourceSchemaRead = "idn:source-schema:read";
    /// Change the account schemas of sources.
    SourceSchemaManage = "idn:source-schema:manage";
    /// Manage source connectors.
    SourceConnectorManage = "idn:source-connector:manage";
    /// Read accounts.
    AccountsRead = "idn:accounts:read";
    /// Change accounts.
    AccountsManage = "idn:accounts:manage";
    /// Unlock, enable, disable and reload accounts.
    AccountsStateManage = "idn:accounts-state:manage";
    /// Force provisioning of an account.
    AccountsProvisioningManage = "idn:accounts-provisioning:manage";
    /// Read identities.
    IdentityRead = "idn:identity:read";
    /// Change identities.
    IdentityManage = "idn:identity:manage";
    /// Reset identities, in beta.
    IdentityUpdate = "idn:identity:update";
    /// Read applications.
    AppRolesRead = "idn:app-roles:read";
    /// Change applications.
    AppRolesManage = "idn:app-roles:manage";
    /// Read one's own personal access tokens.
    MyPersonalAccessTokensRead = "sp:my-personal-access-tokens:read";
    /// Change one's own personal access tokens.
    MyPersonalAccessTokensManage = "sp:my-personal-access-tokens:manage";
    /// Read everyone's personal access tokens.
    AllPersonalAccessTokensRead = "sp:all-personal-access-tokens:read";
    /// Change everyone's personal access tokens.
    AllPersonalAccessTokensManage = "sp:all-personal-access-tokens:manage";
    /// Read API clients.
    OauthClientRead = "sp:oauth-client:read";
    /// Change API clients.
    OauthClientManage = "sp:oauth-client:manage";
    /// Read sign-in users.
    AuthUserRead = "sp:auth-user:read";
    /// Change sign-in users.
    AuthUserManage = "sp:auth-user:manage";
    /// Set a sign-in user's password.
    AuthUserPasswordUpdate = "sp:auth-user-password:update";
    /// Read the organisation's sign-in settings.
    AuthOrgRead = "sp:auth-org:read";
    /// Change the organisation's sign-in settings.
    AuthOrgManage = "sp:auth-org:manage";
    /// Read the set-up of second factors.
    MfaConfigurationRead = "idn:mfa-configuration:read";
    /// Change the set-up of second factors.
    MfaConfigurationManage = "idn:mfa-configuration:manage";
    /// Read security questions.
    MfaKbaRead = "idn:mfa-kba:read";
    /// Answer security questions.
    MfaKbaAuthenticate = "idn:mfa-kba:authenticate";
    /// Ask for the state of a second-factor request.
    MfaPoll = "idn:mfa:poll";
    /// Send a second-factor code.
    MfaSend = "idn:mfa:send";
    /// Verify a second factor.
    MfaVerify = "idn:mfa:verify";
}

impl FromStr for Scope {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(String::deserialize(deserializer)?.as_str()))
    }
}

/// A set of scopes. Text form: separated by one space, sorted (RFC 6749 section 3.3); read from that or from a list.
/// Written as a list in JSON, the form of the `scope` claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScopeSet(BTreeSet<Scope>);

impl ScopeSet {
    /// Whether the set holds this scope or `sp:scopes:all`.
    #[must_use]
    pub fn allows(&self, scope: &Scope) -> bool {
        self.0.contains(scope) || self.0.contains(&Scope::All)
    }

    /// Whether it holds any of these, the rule of an operation that lists several.
    #[must_use]
    pub fn allows_any(&self, scopes: &[Scope]) -> bool {
        scopes.iter().any(|scope| self.allows(scope))
    }

    /// The scopes, each once.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl From<&str> for ScopeSet {
    fn from(text: &str) -> Self {
        text.split_ascii_whitespace().map(Scope::from).collect()
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrList;

        impl<'de> Visitor<'de> for TextOrList {
            type Value = ScopeSet;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("scopes as a list or separated by spaces")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ScopeSet, E> {
                Ok(ScopeSet::from(text))
            }

            fn visit_unit<E: de::Error>(self) -> Result<ScopeSet, E> {
                Ok(ScopeSet::default())
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<ScopeSet, A::Error> {
                let mut scopes = BTreeSet::new();
                while let Some(scope) = list.next_element()? {
                    scopes.insert(scope);
                }
                Ok(ScopeSet(scopes))
            }
        }

        deserializer.deserialize_any(TextOrList)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_scopes_round_trip_and_are_distinct() {
        let texts: BTreeSet<&str> = Scope::KNOWN.iter().map(Scope::as_str).collect();
        assert_eq!(texts.len(), Scope::KNOWN.len());
        for scope in Scope::KNOWN {
            assert_eq!(&Scope::from(scope.as_str()), scope);
        }
    }

    #[test]
    fn unknown_scopes_are_kept_as_text() {
        let scope: Scope = serde_json::from_str("\"idn:new-thing:read\"").unwrap();
        assert_eq!(scope, Scope::Other("idn:new-thing:read".into()));
        assert_eq!(serde_json::to_string(&scope).unwrap(), "\"idn:new-thing:read\"");
        // Scopes are compared byte for byte (RFC 6749 section 3.3).
        assert_ne!(Scope::from("SP:SCOPES:ALL"), Scope::All);
    }

    #[test]
    fn sets_read_both_forms() {
        let set = ScopeSet::from(" idn:password-info:read  idn:b idn:password-info:read ");
        let list: ScopeSet = serde_json::from_str(r#"["idn:b","idn:password-info:read"]"#).unwrap();
        let text: ScopeSet = serde_json::from_str(r#""idn:b idn:password-info:read""#).unwrap();
        assert_eq!(set, list);
        assert_eq!(set, text);
        assert_eq!(set.to_string(), "idn:password-info:read idn:b");
        assert!(serde_json::from_str::<ScopeSet>("null").unwrap().is_empty());
        assert!(serde_json::from_str::<ScopeSet>("5").is_err());
    }

    #[test]
    fn all_covers_every_scope_and_default_does_not() {
        assert!(ScopeSet::from("sp:scopes:all").allows(&Scope::PasswordChangeManage));
        assert!(!ScopeSet::from("sp:scopes:default").allows(&Scope::PasswordChangeManage));
        assert!(!ScopeSet::default().allows(&Scope::PasswordInfoRead));
        let either = [Scope::SourcesRead, Scope::SourcesManage];
        assert!(ScopeSet::from("idn:sources:manage").allows_any(&either));
        assert!(!ScopeSet::from("idn:accounts:manage").allows_any(&either));
    }
}
