//! The text of a session's cookie, `<secret>.<last use in seconds>.<keyed digest>`, and the value in its forms.

use passwright_domain::timestamp::Timestamp;
use passwright_storage::sessions::StoredSession;
use passwright_vault::digest::keyed_digest;
use passwright_vault::secret::{SecretText, ct_eq};

use crate::Service;

/// Longest cookie that is looked at, in bytes.
const LONGEST: usize = 256;

impl Service {
    /// The cookie of a session that is used now.
    pub(super) fn cookie(&self, secret: &SecretText, used_at: Timestamp) -> SecretText {
        let used_at = used_at.seconds().to_string();
        let digest = keyed_digest(self.keys.sessions(), &["cookie", secret.expose(), &used_at]);
        SecretText::new(format!("{}.{used_at}.{digest}", secret.expose()))
    }

    /// Secret and last use of a cookie that this service made; `None` for any other text.
    pub(super) fn read_cookie(&self, cookie: &SecretText) -> Option<(SecretText, Timestamp)> {
        let text = cookie.expose();
        if text.len() > LONGEST {
            return None;
        }
        let mut parts = text.split('.');
        let (secret, used_at, digest) = (parts.next()?, parts.next()?, parts.next()?);
        let made = keyed_digest(self.keys.sessions(), &["cookie", secret, used_at]);
        if parts.next().is_some() || !ct_eq(made.as_bytes(), digest.as_bytes()) {
            return None;
        }
        Some((SecretText::new(secret.to_owned()), Timestamp::from_seconds(used_at.parse().ok()?)))
    }

    /// A secret for a browser that nobody is signed in with, to be kept in a cookie: 256 random bits as 64 hex digits.
    #[must_use]
    pub fn new_browser_secret(&self) -> SecretText {
        self.new_secret()
    }

    /// What the forms of such a browser hold, so that they are known to be ours. The same as long as its secret.
    #[must_use]
    pub fn browser_form_token(&self, secret: &SecretText) -> SecretText {
        SecretText::new(keyed_digest(self.keys.sessions(), &["browser form", secret.expose()]))
    }

    /// What every form of a session holds, so that it is known to be ours (requirement R78). The same as long as the session.
    #[must_use]
    pub fn form_token(&self, session: &StoredSession) -> SecretText {
        SecretText::new(keyed_digest(self.keys.sessions(), &["form", &session.id]))
    }
}
