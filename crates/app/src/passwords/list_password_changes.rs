//! The changes of an identity.

use passwright_domain::access::{Action, Caller};
use passwright_domain::ids::IdentityId;
use passwright_storage::changes::list_of_identity;

use super::shown::PasswordChange;
use crate::{Error, Fault, Service};

/// The most changes in one answer, and as many as come unasked.
const LONGEST_PAGE: u64 = 250;

/// Which changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PasswordChangeQuery {
    /// Absent: the user's own.
    pub identity_id: Option<String>,
    /// 0..=250; absent: 250.
    pub limit: Option<u64>,
    /// Changes to leave out in front; absent: 0.
    pub offset: Option<u64>,
}

impl Service {
    /// Lists an identity's changes, newest first.
    ///
    /// # Errors
    /// `Forbidden` for another's changes without the right, whether or not there is such an identity; `BadRequest` for an
    /// API client that names none, or a page outside its limits.
    pub async fn list_password_changes(
        &self,
        caller: &Caller,
        query: PasswordChangeQuery,
    ) -> Result<Vec<PasswordChange>, Error> {
        let given = query.identity_id.filter(|text| !text.is_empty());
        let parsed = match &given {
            Some(text) => text.parse::<IdentityId>().ok(),
            None => caller.identity_id().cloned(),
        };
        // Checked before anything is said about the query: a refusal tells nothing of what exists.
        let subject = parsed.clone().unwrap_or_else(|| IdentityId::from_random([0; 16]));
        let action = Action::ListPasswordChanges { identity: &subject };
        self.require(caller, action, &format!("identity:{subject}")).await?;
        let identity = match (parsed, given) {
            (Some(identity), _) => identity,
            (None, None) => return Err(Error::bad(Fault::Missing, "identityId is required")),
            (None, Some(_)) => {
                return Err(Error::bad(Fault::UnknownReference, "identityId does not name an identity"));
            }
        };
        let limit = query.limit.unwrap_or(LONGEST_PAGE);
        if limit > LONGEST_PAGE {
            return Err(Error::bad(Fault::OutOfBounds, format!("limit must be at most {LONGEST_PAGE}")));
        }
        let limit = i64::try_from(limit).unwrap_or_default();
        let offset = i64::try_from(query.offset.unwrap_or_default())
            .map_err(|_| Error::bad(Fault::OutOfBounds, "offset is too large"))?;
        let mut reader = self.store.read().await?;
        let stored = list_of_identity(&mut reader.tx(), &identity, limit, offset).await?;
        let now = reader.tx().now(self.clock.now()).await?;
        drop(reader);
        Ok(stored.into_iter().map(|stored| PasswordChange::of(stored, now)).collect())
    }
}
