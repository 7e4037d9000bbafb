use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::directory::SourceSchema;

use super::{of_source, shown};
use crate::{Error, Fault, Service};

impl Service {
    /// The schemas of a source. `types` is `user` (the schema of accounts) or `group` (all others); `names` are separated
    /// by commas.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` for an unknown source; `BadRequest` for another type.
    pub async fn list_source_schemas(
        &self,
        caller: &Caller,
        source: &str,
        types: Option<&str>,
        names: Option<&str>,
    ) -> Result<Vec<SourceSchema>, Error> {
        self.require(caller, Action::Administer(Right::ReadSourceSchemas), &format!("source:{source}")).await?;
        let accounts = match types {
            None => None,
            Some("user") => Some(true),
            Some("group") => Some(false),
            Some(_) => return Err(Error::bad(Fault::Illegal, "include-types must be user or group")),
        };
        let source = source.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        let all = of_source(&mut reader.tx(), &source).await?.ok_or(Error::NotFound)?;
        let taken = |schema: &SourceSchema| {
            let name = schema.name.as_deref().unwrap_or_default();
            accounts.is_none_or(|accounts| accounts == (name == SourceSchema::ACCOUNT))
                && names.is_none_or(|names| names.split(',').any(|wanted| wanted.trim() == name))
        };
        Ok(all.into_iter().map(shown).filter(taken).collect())
    }
}
