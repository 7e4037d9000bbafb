use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::directory::SourceSchema;
use passwright_domain::json_patch::PatchOperation;

use super::shown;
use crate::oauth_clients::apply_patch;
use crate::{Error, Fault, Service};

impl Service {
    /// Changes fields of a schema; not `id`, `name`, `created` and `modified`.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` for a patch that does not apply, touches what cannot be changed or gives a
    /// schema that is wrong in itself; `Conflict` when somebody changed it at the same time.
    pub async fn patch_source_schema(
        &self,
        caller: &Caller,
        source: &str,
        id: &str,
        patch: &[PatchOperation],
    ) -> Result<SourceSchema, Error> {
        self.require(caller, Action::Administer(Right::ManageSourceSchemas), &format!("source:{source}")).await?;
        let (source, stored) = self.source_schema(source, id).await?;
        let before = shown(stored.clone());
        let after = apply_patch(&before, patch)?;
        let own = |schema: &SourceSchema| (schema.id.clone(), schema.created.clone(), schema.modified.clone());
        if own(&after) != own(&before) {
            return Err(Error::bad(Fault::Illegal, "id, created and modified cannot be changed"));
        }
        self.replace_source_schema(caller, source, stored, after).await
    }
}
