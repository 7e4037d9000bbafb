//! OAuth scopes. Unknown ones are kept as text: they may be stored and shown, and confer nothing.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

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
    /// Read webhooks and what became of their messages.
    WebhooksRead = "passwright:webhooks:read";
    /// Change webhooks.
    WebhooksManage = "passwright:webhooks:manage";
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
}
