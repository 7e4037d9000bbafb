//! API clients and personal access tokens. Their secrets are here as SHA-256 only.

use passwright_domain::canonical::canonical;
use passwright_domain::client::{ApiClient, PersonalAccessToken};
use passwright_domain::ids::{ApiClientId, IdentityId, PersonalAccessTokenId};
use passwright_storage::clients;
use passwright_vault::digest::sha256;

use super::{Change, Planner, Stop};

impl Planner<'_, '_, '_> {
    /// Matched by id where the document gives one, else by name.
    pub(super) async fn api_clients(&mut self) -> Result<(), Stop> {
        let stored = clients::list_clients(self.tx).await?;
        for wanted in &self.facts.setup.clients {
            let grant = &wanted.value.grant;
            let named = stored.iter().find(|old| canonical(&old.name) == canonical(&grant.name));
            let id: Option<ApiClientId> = grant.id.as_deref().map(str::parse).transpose().map_err(|_| {
                wanted.fault("id", "is not a UUID with dashes, such as 2f7c0d2e-54a1-4f0a-9d6b-0f1f8f0a4c55")
            })?;
            let old = match &id {
                Some(id) => stored.iter().find(|old| old.id == *id),
                None => named,
            };
            if let (Some(named), Some(id)) = (named, &id)
                && named.id != *id
            {
                return Err(wanted
                    .fault("id", format!("a client of this name exists with the id {}", named.id))
                    .into());
            }
            let fresh = || ApiClientId::from_random(self.facts.rng.bytes16());
            let new = ApiClient {
                id: id.or_else(|| old.map(|old| old.id.clone())).unwrap_or_else(fresh),
                name: grant.name.clone(),
                secret_sha256: grant.secret_sha256.clone(),
                scopes: grant.scopes.clone(),
                token_seconds: grant.token_seconds,
                rate_limit: wanted.value.rate_limit,
                enabled: wanted.value.enabled,
                details: old.map(|old| old.details.clone()).unwrap_or_default(),
                created_at: old.map_or(self.facts.now, |old| old.created_at),
                modified_at: self.facts.now,
                last_used_at: None,
            };
            match old {
                None => self.create(&wanted.object, Change::ApiClient(new)),
                Some(old) => {
                    let fields = [
                        ("name", new.name != old.name),
                        ("secret", new.secret_sha256 != old.secret_sha256),
                        ("scopes", new.scopes != old.scopes),
                        ("token_seconds", new.token_seconds != old.token_seconds),
                        ("rate_limit", new.rate_limit != old.rate_limit),
                        ("disabled", new.enabled != old.enabled),
                    ];
                    self.change(&wanted.object, &fields, Change::ApiClient(new));
                }
            }
        }
        Ok(())
    }

    /// Matched by id. Where the document gives none, the id follows from owner and name, so a second run finds it again.
    pub(super) async fn personal_access_tokens(&mut self) -> Result<(), Stop> {
        let facts = self.facts;
        for wanted in &facts.setup.tokens {
            let grant = &wanted.value.grant;
            let owner_id = self.identity_named(wanted, "owner", &wanted.value.owner).await?;
            let id = match grant.id.as_deref() {
                Some(id) => id.parse().map_err(|_| wanted.fault("id", "is not 32 lower-case hex digits"))?,
                None => derived_id(&owner_id, &grant.name),
            };
            let old = clients::lookup_token(self.tx, id.as_str()).await?;
            let new = PersonalAccessToken {
                id,
                owner_id,
                name: grant.name.clone(),
                secret_sha256: grant.secret_sha256.clone(),
                scopes: grant.scopes.clone(),
                token_seconds: grant.token_seconds,
                created_at: old.as_ref().map_or(facts.now, |old| old.created_at),
                expires_at: wanted.value.expires_at,
                last_used_at: None,
            };
            match &old {
                None => self.create(&wanted.object, Change::PersonalAccessToken(new)),
                Some(old) => {
                    let fields = [
                        ("owner", new.owner_id != old.owner_id),
                        ("name", new.name != old.name),
                        ("secret", new.secret_sha256 != old.secret_sha256),
                        ("scopes", new.scopes != old.scopes),
                        ("token_seconds", new.token_seconds != old.token_seconds),
                        ("expires", new.expires_at != old.expires_at),
                    ];
                    self.change(&wanted.object, &fields, Change::PersonalAccessToken(new));
                }
            }
        }
        Ok(())
    }
}

/// An id is no secret; it only has to be the same again.
fn derived_id(owner: &IdentityId, name: &str) -> PersonalAccessTokenId {
    let digest = sha256(format!("personal access token/{owner}/{}", canonical(name)).as_bytes());
    PersonalAccessTokenId::from_random(std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default()))
}
