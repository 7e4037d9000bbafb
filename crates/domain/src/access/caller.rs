use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ScopeSet;
use crate::audit::Trace;
use crate::ids::IdentityId;

/// A user level; the names are the wire's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    OrgAdmin,
    Helpdesk,
    SourceAdmin,
    SourceSubadmin,
    RoleSubadmin,
}

impl Level {
    pub const ALL: [Self; 5] =
        [Self::OrgAdmin, Self::Helpdesk, Self::SourceAdmin, Self::SourceSubadmin, Self::RoleSubadmin];

    /// The wire's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrgAdmin => "ORG_ADMIN",
            Self::Helpdesk => "HELPDESK",
            Self::SourceAdmin => "SOURCE_ADMIN",
            Self::SourceSubadmin => "SOURCE_SUBADMIN",
            Self::RoleSubadmin => "ROLE_SUBADMIN",
        }
    }
}

/// The path family a request came through. Only `Beta` differs in a right; the others count in the rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ApiVersion {
    Beta,
    V3,
    V2024,
    V2025,
    V2026,
    /// `/{resource}/v1`
    Root,
    /// `/api/v1`
    Native,
}

impl ApiVersion {
    /// The name its requests are counted under.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::V3 => "v3",
            Self::V2024 => "v2024",
            Self::V2025 => "v2025",
            Self::V2026 => "v2026",
            Self::Root => "root",
            Self::Native => "native",
        }
    }
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// An API client: client_credentials, no user; trusted to act on any identity its scopes reach.
    ApiClient { client_id: String },
    /// A user, through a personal access token.
    User { client_id: String, identity_id: IdentityId, alias: String, levels: BTreeSet<Level> },
}

/// The authenticated caller of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub principal: Principal,
    pub scopes: ScopeSet,
    pub api_version: ApiVersion,
    /// Names this request in answers, logs and the audit, and says where it came from.
    pub tracking_id: Trace,
}

impl Caller {
    #[must_use]
    pub fn client_id(&self) -> &str {
        match &self.principal {
            Principal::ApiClient { client_id } | Principal::User { client_id, .. } => client_id,
        }
    }

    /// The identity that acts; `None` for an API client.
    #[must_use]
    pub fn identity_id(&self) -> Option<&IdentityId> {
        match &self.principal {
            Principal::ApiClient { .. } => None,
            Principal::User { identity_id, .. } => Some(identity_id),
        }
    }

    #[must_use]
    pub fn has_level(&self, wanted: Level) -> bool {
        matches!(&self.principal, Principal::User { levels, .. } if levels.contains(&wanted))
    }

    /// One text for the acting party: a user is the same actor through each of its tokens.
    #[must_use]
    pub fn actor(&self) -> String {
        match &self.principal {
            Principal::ApiClient { client_id } => format!("client:{client_id}"),
            Principal::User { identity_id, .. } => format!("identity:{identity_id}"),
        }
    }
}
