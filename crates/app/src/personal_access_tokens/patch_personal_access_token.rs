use passwright_domain::access::{Action, Caller, Principal};
use passwright_domain::audit::Outcome;
use passwright_domain::json_patch::PatchOperation;
use passwright_storage::clients::{self, PatchPersonalAccessToken};

use super::{OwnedToken, PersonalAccessTokenFields};
use crate::oauth_clients::{apply_patch, name_taken};
use crate::{Error, Service};

impl Service {
    /// Changes name, scopes, lifetime or end of one of the caller's tokens.
    ///
    /// # Errors
    /// `NotFound` also for somebody else's; otherwise as [`create`](Self::create_personal_access_token).
    pub async fn patch_personal_access_token(
        &self,
        caller: &Caller,
        id: &str,
        patch: &[PatchOperation],
    ) -> Result<OwnedToken, Error> {
        self.require(caller, Action::ManagePersonalAccessTokens, "token:any").await?;
        let mut reader = self.store.read().await?;
        let token = clients::lookup_token(&mut reader.tx(), id).await?;
        drop(reader);
        let mut token = token.ok_or(Error::NotFound)?;
        let object = format!("token:{}", token.id);
        self.require(caller, Action::PatchPersonalAccessToken { owner: &token.owner_id }, &object).await?;
        apply_patch(&PersonalAccessTokenFields::of(&token), patch)?.put_into(&mut token, caller, self.clock.now())?;
        let event = "PERSONAL_ACCESS_TOKEN_UPDATED";
        let audit = self.audit_record(caller.actor(), event, object, Outcome::Passed, &caller.tracking_id, "");
        let change = PatchPersonalAccessToken { token: token.clone(), audit };
        if !self.store.write(change).await.map_err(|e| name_taken(e, "another token of this user"))? {
            return Err(Error::NotFound);
        }
        let owner_name = match &caller.principal {
            Principal::User { alias, .. } => alias.clone(),
            Principal::ApiClient { .. } => String::new(),
        };
        Ok(OwnedToken { token, owner_name })
    }
}
