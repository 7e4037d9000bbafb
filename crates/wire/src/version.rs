//! Path families: the same operations under different paths.
//!
//! The annual families put their name first (`/beta/set-password`); the root family puts the version after the
//! resource (`/set-password/v1`).

use std::fmt;
use std::str::FromStr;

/// One way to write the paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathFamily {
    /// `/beta/…`
    Beta,
    /// `/v3/…`
    V3,
    /// `/v2024/…`
    V2024,
    /// `/v2025/…`
    V2025,
    /// `/v2026/…`
    V2026,
    /// `/{resource}/v1/…`
    Root,
}

/// The text names no path family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPathFamily;

impl fmt::Display for UnknownPathFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not one of beta, v3, v2024, v2025, v2026, v1")
    }
}

impl std::error::Error for UnknownPathFamily {}

impl PathFamily {
    /// Every family.
    pub const ALL: [Self; 6] = [Self::Beta, Self::V3, Self::V2024, Self::V2025, Self::V2026, Self::Root];

    /// Its name: the path segment that marks it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::V3 => "v3",
            Self::V2024 => "v2024",
            Self::V2025 => "v2025",
            Self::V2026 => "v2026",
            Self::Root => "v1",
        }
    }

    /// The path of an operation: `resource` without slashes, such as `set-password`; `rest` what follows it, empty or
    /// beginning with `/`. Nothing is percent-encoded here.
    #[must_use]
    pub fn path(self, resource: &str, rest: &str) -> String {
        match self {
            Self::Root => format!("/{resource}/v1{rest}"),
            family => format!("/{}/{resource}{rest}", family.as_str()),
        }
    }

    /// Whether SailPoint publishes the digit token operation in this family.
    #[must_use]
    pub fn has_digit_token(self) -> bool {
        self != Self::V3
    }

    /// Whether an interceptor may tell of a password here. SailPoint keeps the operation in these families' files without
    /// publishing its path, which is implied by its name.
    #[must_use]
    pub fn has_sync_password(self) -> bool {
        !matches!(self, Self::V3 | Self::V2026)
    }

    /// Whether SailPoint publishes administrators' own texts in this family.
    #[must_use]
    pub fn has_custom_password_instructions(self) -> bool {
        self != Self::V3
    }

    /// Whether SailPoint publishes the checks of a source's connection in this family.
    #[must_use]
    pub fn has_source_checks(self) -> bool {
        self != Self::V3
    }

    /// Whether SailPoint publishes the reading of a source's accounts in this family.
    #[must_use]
    pub fn has_load_accounts(self) -> bool {
        self != Self::V3
    }

    /// Whether SailPoint publishes identities and applications in this family.
    #[must_use]
    pub fn has_identities(self) -> bool {
        self != Self::V3
    }

    /// Whether SailPoint publishes the identities that everybody may see in this family.
    #[must_use]
    pub fn has_public_identities(self) -> bool {
        self != Self::Beta
    }

    /// Whether SailPoint publishes how people sign in, and users' levels, in this family.
    #[must_use]
    pub fn has_auth_org(self) -> bool {
        self != Self::Beta
    }

    /// Whether SailPoint publishes the removal of a further factor in this family.
    #[must_use]
    pub fn removes_mfa(self) -> bool {
        matches!(self, Self::Beta | Self::V3)
    }

    /// Whether SailPoint publishes the list of a source's password policies in this family.
    #[must_use]
    pub fn has_policy_holders(self) -> bool {
        matches!(self, Self::V2025 | Self::V2026 | Self::Root)
    }

    /// Whether SailPoint publishes the change of a source's password policies in this family.
    #[must_use]
    pub fn changes_policy_holders(self) -> bool {
        self == Self::V2024 || self.has_policy_holders()
    }

    /// Whether SailPoint wants `X-SailPoint-Experimental: true` on operations marked experimental.
    #[must_use]
    pub fn marks_experimental(self) -> bool {
        !matches!(self, Self::Beta | Self::V3)
    }
}

impl fmt::Display for PathFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PathFamily {
    type Err = UnknownPathFamily;

    fn from_str(text: &str) -> Result<Self, UnknownPathFamily> {
        Self::ALL.into_iter().find(|family| family.as_str() == text).ok_or(UnknownPathFamily)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let cases = [
            (PathFamily::Beta, "set-password", "", "/beta/set-password"),
            (PathFamily::V3, "query-password-info", "", "/v3/query-password-info"),
            (
                PathFamily::V2025,
                "generate-password-reset-token",
                "/digit",
                "/v2025/generate-password-reset-token/digit",
            ),
            (PathFamily::Root, "generate-password-reset-token", "/digit", "/generate-password-reset-token/v1/digit"),
            (PathFamily::Root, "set-password", "", "/set-password/v1"),
            (PathFamily::Root, "password-change-status", "/{id}", "/password-change-status/v1/{id}"),
        ];
        for (family, resource, rest, wanted) in cases {
            assert_eq!(family.path(resource, rest), wanted);
        }
    }

    #[test]
    fn names_round_trip() {
        for family in PathFamily::ALL {
            assert_eq!(family.as_str().parse(), Ok(family));
        }
        assert_eq!("V3".parse::<PathFamily>(), Err(UnknownPathFamily));
        assert_eq!("latest".parse::<PathFamily>(), Err(UnknownPathFamily));
    }

    #[test]
    fn differences() {
        assert_eq!(PathFamily::ALL.into_iter().filter(|f| !f.has_digit_token()).collect::<Vec<_>>(), [PathFamily::V3]);
        let without: Vec<_> = PathFamily::ALL.into_iter().filter(|f| !f.has_sync_password()).collect();
        assert_eq!(without, [PathFamily::V3, PathFamily::V2026]);
        let unchecked: Vec<_> = PathFamily::ALL.into_iter().filter(|f| !f.has_source_checks()).collect();
        assert_eq!(unchecked, [PathFamily::V3]);
        assert!(PathFamily::ALL.into_iter().all(|f| f.has_load_accounts() == (f != PathFamily::V3)));
        let plain: Vec<_> = PathFamily::ALL.into_iter().filter(|f| !f.marks_experimental()).collect();
        assert_eq!(plain, [PathFamily::Beta, PathFamily::V3]);
    }
}
