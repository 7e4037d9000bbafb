//! The schemas of sources: which attributes their accounts have, and which of them name an account.

mod create;
mod delete;
mod get;
mod list;
mod patch;
mod put;
mod save;

use passwright_domain::directory::SourceSchema;
use passwright_domain::ids::SourceId;
use passwright_storage::directory::source_schemas::{self, Stored};
use passwright_storage::directory::sources;
use passwright_storage::{StorageError, Tx};

use crate::passwords::rfc3339;
use crate::{Error, Service};

fn shown(stored: Stored) -> SourceSchema {
    SourceSchema {
        id: Some(stored.id.to_string()),
        created: Some(rfc3339(stored.created_at)),
        modified: Some(rfc3339(stored.modified_at)),
        ..stored.schema
    }
}

/// The schemas of a source; `None` when there is no such source.
async fn of_source(tx: &mut Tx<'_>, source: &SourceId) -> Result<Option<Vec<Stored>>, StorageError> {
    if sources::lookup(tx, source).await?.is_none() {
        return Ok(None);
    }
    source_schemas::of_source(tx, source).await.map(Some)
}

impl Service {
    /// One schema, for one whose right was asked before.
    async fn source_schema(&self, source: &str, id: &str) -> Result<(SourceId, Stored), Error> {
        let source = source.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        let all = of_source(&mut reader.tx(), &source).await?.ok_or(Error::NotFound)?;
        let found = all.into_iter().find(|stored| stored.id.as_str() == id);
        Ok((source, found.ok_or(Error::NotFound)?))
    }
}
