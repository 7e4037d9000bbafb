//! People who are signed in with a browser: one way to sign in for the pages and for OAuth's own page, and what a session may.
//!
//! A session's cookie holds its secret, of which the database has a digest, and the time of its last use with a keyed digest
//! over both. So the idle limit costs no write, and nobody can move it but who has a cookie that is still good.
//!
//! Invariants: a secret is new at each sign-in and each time the person proves who they are; a session ends with the sign-in
//! password it was opened with; whoever has a factor enrolled has no session before one was shown; what is wrong with a name is never told from what is wrong with a password.

mod confirm_password;
mod cookie;
mod end_sessions;
mod list_sessions;
mod pass_through;
mod resume_session;
mod show_factor;
mod sign_in;

use passwright_domain::audit::Trace;
use std::time::Duration;

use passwright_domain::access::{ApiVersion, Caller, Level, Principal, ScopeSet};
use passwright_domain::auth_org::SessionConfig;
use passwright_domain::directory::Identity;
use passwright_domain::timestamp::Timestamp;
pub use passwright_storage::sessions::StoredSession;
pub use passwright_vault::secret::{Password, SecretText};

use crate::{Error, Service};

pub use confirm_password::Confirmed;
pub use resume_session::{Cookie, Resumed};
pub use show_factor::{HalfSignIn, ShownFactor};
pub use sign_in::{Entered, NewSession, SignIn, Visitor};

/// How long sessions last and what they ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSettings {
    /// Unused for so long, a session ends.
    pub idle: Duration,
    /// However much it is used.
    pub longest: Duration,
    /// The same for people with a level, who can do more.
    pub longest_with_level: Duration,
    /// Whether a change of passwords asks for the current one again.
    pub confirm: bool,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(10 * 60),
            longest: Duration::from_secs(8 * 3600),
            longest_with_level: Duration::from_secs(3600),
            confirm: true,
        }
    }
}

impl Service {
    /// How long sessions last now.
    async fn session_times(&self) -> Result<SessionSettings, Error> {
        Ok(self.settings.sessions.narrowed(self.session_config().await?))
    }
}

impl SessionSettings {
    /// With what an administrator wants, where that is shorter: the installation's own limits are never exceeded.
    fn narrowed(&self, wanted: Option<SessionConfig>) -> Self {
        let mut limits = self.clone();
        if let Some(wanted) = wanted {
            limits.idle = limits.idle.min(wanted.idle_for());
            limits.longest = limits.longest.min(wanted.lasts_for());
        }
        limits
    }

    fn longest(&self, identity: &Identity) -> Duration {
        if identity.levels.is_empty() { self.longest } else { self.longest_with_level.min(self.longest) }
    }
}

/// A session with the person it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub stored: StoredSession,
    pub identity: Identity,
    /// Unused, it ends then.
    pub idle_at: Timestamp,
}

impl Session {
    /// Who acts in a request of this session.
    #[must_use]
    pub fn caller(&self, trace: &Trace) -> Caller {
        Caller {
            principal: Principal::User {
                client_id: format!("session:{}", self.stored.id),
                identity_id: self.identity.id.clone(),
                alias: self.identity.alias.clone(),
                levels: self.identity.levels.clone(),
            },
            scopes: ScopeSet::all(),
            api_version: ApiVersion::Native,
            tracking_id: trace.clone(),
        }
    }

    /// Whether the person administers the installation.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.identity.levels.contains(&Level::OrgAdmin)
    }

    /// Whether the person works at the help desk.
    #[must_use]
    pub fn serves_people(&self) -> bool {
        self.identity.levels.contains(&Level::Helpdesk) || self.identity.levels.contains(&Level::OrgAdmin)
    }
}
