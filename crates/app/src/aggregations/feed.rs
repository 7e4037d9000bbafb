//! Where the accounts come from.

use std::sync::Arc;

use passwright_connectors::aggregate::{Cursor, ReadAccount};
use passwright_connectors::csv_file::CsvAccounts;
use passwright_connectors::{Connector, Fault, FaultClass};

/// A source that is read, or a file that somebody sent.
pub(super) enum Feed {
    Source { connector: Arc<Connector>, wanted: Vec<String>, next: Option<Option<Cursor>> },
    File(Option<CsvAccounts>),
}

impl Feed {
    pub(super) fn source(connector: Arc<Connector>, wanted: Vec<String>) -> Self {
        Self::Source { connector, wanted, next: Some(None) }
    }

    pub(super) fn file(file: CsvAccounts) -> Self {
        Self::File(Some(file))
    }

    /// The next accounts; `None` behind the last.
    pub(super) async fn page(&mut self) -> Result<Option<Vec<ReadAccount>>, Fault> {
        match self {
            Self::Source { connector, wanted, next } => {
                let Some(cursor) = next.take() else { return Ok(None) };
                let page = connector.read_accounts(wanted, cursor).await?;
                *next = page.next.map(Some);
                Ok(Some(page.accounts))
            }
            Self::File(file) => {
                let Some(mut reader) = file.take() else { return Ok(None) };
                let read = tokio::task::spawn_blocking(move || (reader.page(), reader)).await;
                let (page, reader) = read.map_err(|error| {
                    Fault::new(FaultClass::Transient, "the file of accounts cannot be read", error.to_string())
                })?;
                let page = page?;
                if page.is_empty() {
                    return Ok(None);
                }
                *file = Some(reader);
                Ok(Some(page))
            }
        }
    }
}
