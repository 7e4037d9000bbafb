use passwright_domain::access::{Action, Caller, ScopeSet};
use passwright_domain::audit::Outcome;
use passwright_domain::client::{ApiClient, ClientDetails, RateLimit};
use passwright_domain::ids::ApiClientId;
use passwright_storage::clients::CreateApiClient;
use passwright_vault::digest::client_secret_digest;
use passwright_vault::secret::SecretText;

use super::{OauthClientFields, name_taken};
use crate::{Error, Service};

impl Service {
    /// Creates an API client. Its secret is told here and never again.
    ///
    /// # Errors
    /// `BadRequest` for fields that are wrong or do not fit together, or a name another client has.
    pub async fn create_oauth_client(
        &self,
        caller: &Caller,
        fields: OauthClientFields,
    ) -> Result<(ApiClient, SecretText), Error> {
        self.require(caller, Action::ManageOauthClients, "client:new").await?;
        let secret = self.new_secret();
        let now = self.clock.now();
        let mut client = ApiClient {
            id: ApiClientId::from_random(self.rng.bytes16()),
            name: String::new(),
            secret_sha256: client_secret_digest(&secret),
            scopes: ScopeSet::default(),
            token_seconds: 0,
            rate_limit: RateLimit::DEFAULT,
            enabled: false,
            details: ClientDetails::default(),
            created_at: now,
            modified_at: now,
            last_used_at: None,
        };
        fields.put_into(&mut client)?;
        let object = format!("client:{}", client.id);
        let tracking = &caller.tracking_id;
        let audit = self.audit_record(caller.actor(), "API_CLIENT_CREATED", object, Outcome::Passed, tracking, "");
        let create = CreateApiClient { client: client.clone(), audit };
        self.store.write(create).await.map_err(|e| name_taken(e, "another API client"))?;
        Ok((client, secret))
    }

    /// 256 random bits as 64 hex digits, the wire's form of a secret.
    pub(crate) fn new_secret(&self) -> SecretText {
        let mut halves = [self.rng.bytes16(), self.rng.bytes16()];
        let text = halves.iter().map(|half| format!("{:032x}", u128::from_be_bytes(*half))).collect();
        halves.fill([0; 16]);
        SecretText::new(text)
    }
}
