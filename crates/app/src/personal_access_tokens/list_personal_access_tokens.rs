use passwright_domain::access::{Action, Caller};
use passwright_domain::ids::IdentityId;
use passwright_storage::{clients, directory::identities};

use super::OwnedToken;
use crate::oauth_clients::last_used_filter;
use crate::{Error, Fault, Service};

impl Service {
    /// Tokens of one owner (`me`: the caller), or everybody's; those that `filters` leaves.
    ///
    /// # Errors
    /// `BadRequest` for a filter other than `lastUsed le <time>` and `lastUsed isnull`, or an owner that is no id.
    pub async fn list_personal_access_tokens(
        &self,
        caller: &Caller,
        owner: Option<&str>,
        filters: Option<&str>,
    ) -> Result<Vec<OwnedToken>, Error> {
        let named: Option<Result<IdentityId, _>> = match owner {
            Some("me") => caller.identity_id().cloned().map(Ok),
            Some(id) => Some(id.parse()),
            None => None,
        };
        let known = named.as_ref().and_then(|id| id.as_ref().ok());
        self.require(caller, Action::ListPersonalAccessTokens { owner: known }, "token:any").await?;
        let owner = named.transpose().map_err(|_| Error::bad(Fault::Illegal, "owner-id is not an id, nor \"me\""))?;
        let filter = last_used_filter(filters)?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let mut tokens = clients::list_tokens(&mut tx, owner.as_ref()).await?;
        tokens.retain(|token| filter.is_none_or(|filter| filter.takes(token.last_used_at)));
        let mut owned: Vec<OwnedToken> = Vec::with_capacity(tokens.len());
        for token in tokens {
            // They come ordered by owner.
            let owner_name = match owned.last() {
                Some(last) if last.token.owner_id == token.owner_id => last.owner_name.clone(),
                _ => identities::lookup(&mut tx, &token.owner_id).await?.map(|i| i.alias).unwrap_or_default(),
            };
            owned.push(OwnedToken { token, owner_name });
        }
        Ok(owned)
    }
}
