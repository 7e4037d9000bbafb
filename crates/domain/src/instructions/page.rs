use std::str::FromStr;

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident = $id:literal;)+) => {
        /// A page that can show a text; the ids are the wire's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Page {
            $($(#[$doc])* $name,)+
        }

        impl Page {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The wire's id.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }
        }
    };
}

pages! {
    ChangePasswordEnterPassword = "change-password:enter-password";
    ChangePasswordFinish = "change-password:finish";
    FlowSelectionSelect = "flow-selection:select";
    ForgetUsernameUserEmail = "forget-username:user-email";
    MfaEnterCode = "mfa:enter-code";
    MfaEnterKba = "mfa:enter-kba";
    MfaSelect = "mfa:select";
    ResetPasswordEnterPassword = "reset-password:enter-password";
    ResetPasswordEnterUsername = "reset-password:enter-username";
    ResetPasswordFinish = "reset-password:finish";
    UnlockAccountEnterUsername = "unlock-account:enter-username";
    UnlockAccountFinish = "unlock-account:finish";
}

/// The text is not the id of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPage;

impl FromStr for Page {
    type Err = UnknownPage;

    fn from_str(text: &str) -> Result<Self, UnknownPage> {
        Self::ALL.iter().copied().find(|page| page.as_str() == text).ok_or(UnknownPage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip() {
        assert_eq!(Page::ALL.len(), 12);
        for page in Page::ALL {
            assert_eq!(page.as_str().parse(), Ok(*page));
        }
        assert_eq!("MFA:select".parse::<Page>(), Err(UnknownPage));
    }
}
