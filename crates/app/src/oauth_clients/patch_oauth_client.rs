use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Outcome;
use passwright_domain::client::ApiClient;
use passwright_domain::json_patch::{PatchOperation, patched};
use passwright_storage::clients::ReplaceApiClient;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{OauthClientFields, name_taken};
use crate::{Error, Fault, Service};

impl Service {
    /// Changes fields of an API client. Tokens it has keep working until they end, unless it is disabled.
    ///
    /// # Errors
    /// `NotFound`; `BadRequest` for a patch that does not apply or gives wrong fields; `Conflict` when somebody changed
    /// the client at the same time.
    pub async fn patch_oauth_client(
        &self,
        caller: &Caller,
        id: &str,
        patch: &[PatchOperation],
    ) -> Result<ApiClient, Error> {
        self.require(caller, Action::ManageOauthClients, "client:any").await?;
        let mut client = self.oauth_client(id).await?;
        let read_at = client.modified_at;
        apply_patch(&OauthClientFields::of(&client), patch)?.put_into(&mut client)?;
        client.modified_at = self.clock.now();
        let object = format!("client:{}", client.id);
        let tracking = &caller.tracking_id;
        let audit = self.audit_record(caller.actor(), "API_CLIENT_UPDATED", object, Outcome::Passed, tracking, "");
        let replace = ReplaceApiClient { client: client.clone(), read_at, audit };
        if self.store.write(replace).await.map_err(|e| name_taken(e, "another API client"))? {
            Ok(client)
        } else {
            Err(Error::Conflict("the API client was changed at the same time".to_owned()))
        }
    }
}

/// Patches what may be changed of an object; paths of anything else are no paths of it.
pub(crate) fn apply_patch<T: Serialize + DeserializeOwned>(fields: &T, patch: &[PatchOperation]) -> Result<T, Error> {
    let document = serde_json::to_value(fields).map_err(|e| Error::Internal(e.to_string()))?;
    let document = patched(&document, patch).map_err(|e| Error::bad(Fault::Illegal, e.to_string()))?;
    serde_json::from_value(document).map_err(|_| {
        Error::bad(Fault::Illegal, "the patch gives a field that cannot be changed, or a value of the wrong type")
    })
}
