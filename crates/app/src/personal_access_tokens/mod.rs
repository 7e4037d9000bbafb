//! Personal access tokens: credentials a user makes for programs that act as that user.

mod create_personal_access_token;
mod delete_personal_access_token;
mod list_personal_access_tokens;
mod patch_personal_access_token;

pub use passwright_domain::client::{NEVER, PersonalAccessToken};

use std::time::Duration;

use passwright_domain::access::{ApiVersion, Caller, ScopeSet};
use passwright_domain::client::{DEFAULT_TOKEN_LIFE, LONGEST_ACCESS_TOKEN, SHORTEST_ACCESS_TOKEN};
use passwright_domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use crate::oauth_clients::{check_name, check_scopes, parse_time};
use crate::{Error, Fault};

/// What its owner sets of a token; the names are the wire's, as a JSON Patch sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonalAccessTokenFields {
    pub name: String,
    /// `None`: `sp:scopes:all`.
    pub scope: Option<Vec<String>>,
    /// 15..=43,200; `None`: 43,200.
    pub access_token_validity_seconds: Option<i64>,
    /// RFC 3339, in the future.
    pub expiration_date: Option<String>,
    /// Says that a token without an end is wanted.
    #[serde(default)]
    pub user_aware_token_never_expires: Option<bool>,
}

/// A token with its owner's login name.
pub struct OwnedToken {
    pub token: PersonalAccessToken,
    pub owner_name: String,
}

impl PersonalAccessTokenFields {
    fn of(token: &PersonalAccessToken) -> Self {
        let never = token.expires_at == NEVER;
        Self {
            name: token.name.clone(),
            scope: Some(token.scopes.iter().map(ToOwned::to_owned).collect()),
            access_token_validity_seconds: Some(token.token_seconds),
            expiration_date: (!never).then(|| crate::passwords::rfc3339(token.expires_at)),
            user_aware_token_never_expires: Some(never),
        }
    }

    /// Puts the fields into a token.
    ///
    /// # Errors
    /// `BadRequest`, which names everything that is wrong; `Forbidden` for a scope the caller's own token lacks: a
    /// narrow token must not make a wide one.
    fn put_into(self, token: &mut PersonalAccessToken, caller: &Caller, now: Timestamp) -> Result<(), Error> {
        let mut faults = Vec::new();
        check_name(&self.name, &mut faults);
        let scopes = self.scope.unwrap_or_else(|| vec!["sp:scopes:all".to_owned()]);
        check_scopes(&scopes, &mut faults);
        let seconds = self.access_token_validity_seconds.unwrap_or(LONGEST_ACCESS_TOKEN);
        if !(SHORTEST_ACCESS_TOKEN..=LONGEST_ACCESS_TOKEN).contains(&seconds) {
            faults.push("accessTokenValiditySeconds must be 15 to 43200".to_owned());
        }
        let date = self.expiration_date.filter(|text| !text.is_empty());
        let end = end(date.as_deref(), self.user_aware_token_never_expires == Some(true), caller.api_version, now);
        let end = end.map_err(|fault| faults.push(fault.to_owned())).unwrap_or_default();
        if !faults.is_empty() {
            return Err(Error::bad(Fault::Illegal, faults.join("; ")));
        }
        let scopes: ScopeSet = scopes.into_iter().collect();
        if !scopes.iter().all(|scope| token.scopes.has(scope) || caller.scopes.grants(&[scope])) {
            return Err(Error::Forbidden("a token cannot grant a scope that it does not have itself"));
        }
        token.name = self.name.trim().to_owned();
        token.scopes = scopes;
        token.token_seconds = seconds;
        token.expires_at = end;
        Ok(())
    }
}

/// When a token ends. The older versions give one without a date six months, the newer ones want to hear that no end is
/// meant.
fn end(date: Option<&str>, never: bool, version: ApiVersion, now: Timestamp) -> Result<Timestamp, &'static str> {
    match date {
        Some(text) => match parse_time(text) {
            Some(time) if time > now => Ok(time.min(NEVER)),
            Some(_) => Err("expirationDate must be in the future"),
            None => Err("expirationDate must be a time such as 2026-12-31T23:59:59Z"),
        },
        None if never => Ok(NEVER),
        None => match version {
            ApiVersion::Beta | ApiVersion::V3 | ApiVersion::V2024 => {
                Ok(now + Duration::from_secs(DEFAULT_TOKEN_LIFE.unsigned_abs()))
            }
            ApiVersion::V2025 | ApiVersion::V2026 | ApiVersion::Root | ApiVersion::Native => {
                Err("userAwareTokenNeverExpires must be true when expirationDate is absent")
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends() {
        let now = Timestamp::from_seconds(1_700_000_000);
        let half_a_year = now + Duration::from_secs(183 * 86_400);
        use ApiVersion::{Beta, Root, V3, V2024, V2025, V2026};
        let cases = [
            (None, false, Beta, Some(half_a_year)),
            (None, false, V3, Some(half_a_year)),
            (None, false, V2024, Some(half_a_year)),
            (None, false, V2025, None),
            (None, false, V2026, None),
            (None, false, Root, None),
            (None, true, V2025, Some(NEVER)),
            (None, true, V3, Some(NEVER)),
            (Some("2023-11-14T22:13:21Z"), false, V2025, Some(Timestamp::from_seconds(1_700_000_001))),
            (Some("2023-11-14T22:13:21Z"), true, Beta, Some(Timestamp::from_seconds(1_700_000_001))),
            (Some("2023-11-14T22:13:20Z"), false, V2025, None),
            (Some("9999-12-31T23:59:59.5Z"), false, V2025, Some(NEVER)),
            (Some("tomorrow"), false, V3, None),
            (Some("2030-01-01"), false, V3, None),
        ];
        for (row, (date, never, version, wanted)) in cases.into_iter().enumerate() {
            assert_eq!(end(date, never, version, now).ok(), wanted, "row {row}");
        }
    }
}
