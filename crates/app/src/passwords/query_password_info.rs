//! What a client needs to set a password: whose, where, with which key, under which rules.

use passwright_domain::access::{Action, Caller};
use passwright_domain::ids::{IdentityId, SourceId};
use passwright_domain::policy::describe;
use passwright_storage::directory::{accounts, identities};

use crate::{Error, Fault, Service};

/// The question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PasswordInfoQuery {
    /// Login name, in any spelling.
    pub user_name: Option<String>,
    /// Display name of the source, in any spelling; absent for the sign-in password.
    pub source_name: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordInfo {
    pub identity_id: IdentityId,
    pub source_id: SourceId,
    pub public_key_id: String,
    /// Base64 of the DER SubjectPublicKeyInfo.
    pub public_key: String,
    /// Native id and display name.
    pub accounts: Vec<(String, String)>,
    pub policies: Vec<String>,
}

impl Service {
    /// Answers the question.
    ///
    /// # Errors
    /// `Forbidden` before anything is said about the user; then `BadRequest` for an unknown user or source.
    pub async fn query_password_info(&self, caller: &Caller, query: PasswordInfoQuery) -> Result<PasswordInfo, Error> {
        let name = query.user_name.filter(|n| !n.trim().is_empty());
        let mut reader = self.store.read().await?;
        let identity = match &name {
            Some(name) => identities::lookup_by_alias(&mut reader.tx(), name).await?,
            None => None,
        };
        let found = identity.as_ref().map(|i| &i.id);
        let object = found.map_or_else(|| "identity:unknown".to_owned(), |id| format!("identity:{id}"));
        self.require(caller, Action::QueryPasswordInfo { identity: found }, &object).await?;
        if name.is_none() {
            return Err(Error::bad(Fault::Missing, "userName is required"));
        }
        let identity = identity.ok_or_else(|| Error::bad(Fault::UnknownReference, "userName does not name a user"))?;
        let catalog = self.catalog().await?;
        let source = match query.source_name.filter(|n| !n.trim().is_empty()) {
            Some(name) => catalog.source_named(&name),
            None => catalog.built_in(),
        };
        let source = source.ok_or_else(|| Error::bad(Fault::UnknownReference, "sourceName does not name a source"))?;
        if !source.takes_passwords() {
            return Err(Error::bad(Fault::Semantic, "the source does not have the feature PASSWORD"));
        }
        let accounts = accounts::of_identity(&mut reader.tx(), &identity.id).await?;
        let accounts: Vec<_> =
            accounts.into_iter().filter(|a| source.owns(a)).map(|a| (a.native_identity, a.name)).collect();
        if accounts.is_empty() {
            return Err(Error::bad(Fault::UnknownReference, "the user has no account on the source"));
        }
        let policy = catalog.policy_for(source, &identity);
        drop(reader);
        let (key, public_key_id) = self.key_to_hand_out(&identity.id).await?;
        Ok(PasswordInfo {
            identity_id: identity.id,
            source_id: source.source.id.clone(),
            public_key_id,
            public_key: key.public_text.clone(),
            accounts,
            policies: policy.map(|p| describe(&[p])).unwrap_or_default(),
        })
    }
}
