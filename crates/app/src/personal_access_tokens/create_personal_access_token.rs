use passwright_domain::access::{Action, Caller, Principal, ScopeSet};
use passwright_domain::audit::Outcome;
use passwright_domain::client::{MOST_TOKENS, PersonalAccessToken};
use passwright_domain::delivery::Notice;
use passwright_domain::ids::PersonalAccessTokenId;
use passwright_storage::clients::{CreatePersonalAccessToken, CreatedToken};
use passwright_vault::digest::client_secret_digest;
use passwright_vault::secret::SecretText;

use super::{OwnedToken, PersonalAccessTokenFields};
use crate::oauth_clients::name_taken;
use crate::{Error, Fault, Service};

impl Service {
    /// Creates a token of the caller's own. Its secret is told here and never again.
    ///
    /// # Errors
    /// `BadRequest` for wrong fields, a name the owner has used, or a user with 10 tokens; `Forbidden` for a scope the
    /// caller's own token lacks.
    pub async fn create_personal_access_token(
        &self,
        caller: &Caller,
        fields: PersonalAccessTokenFields,
    ) -> Result<(OwnedToken, SecretText), Error> {
        self.require(caller, Action::CreatePersonalAccessToken, "token:new").await?;
        let Principal::User { identity_id, alias, .. } = &caller.principal else {
            return Err(Error::Forbidden("the operation needs a user's token"));
        };
        let secret = self.new_secret();
        let now = self.clock.now();
        let mut token = PersonalAccessToken {
            id: PersonalAccessTokenId::from_random(self.rng.bytes16()),
            owner_id: identity_id.clone(),
            name: String::new(),
            secret_sha256: client_secret_digest(&secret),
            scopes: ScopeSet::default(),
            token_seconds: 0,
            created_at: now,
            expires_at: now,
            last_used_at: None,
        };
        fields.put_into(&mut token, caller, now)?;
        let (event, object) = ("PERSONAL_ACCESS_TOKEN_CREATED", format!("token:{}", token.id));
        let audit = self.audit_record(caller.actor(), event, object, Outcome::Passed, &caller.tracking_id, "");
        let notice = Notice::token_made(&token.id, &token.name, identity_id, now);
        let create = CreatePersonalAccessToken { token: token.clone(), most: MOST_TOKENS, audit, notice };
        let created = self.store.write(create).await.map_err(|e| name_taken(e, "another token of this user"))?;
        match created {
            CreatedToken::Created => Ok((OwnedToken { token, owner_name: alias.clone() }, secret)),
            CreatedToken::TooMany => {
                Err(Error::bad(Fault::OutOfBounds, "a user may have 10 personal access tokens at most"))
            }
        }
    }
}
