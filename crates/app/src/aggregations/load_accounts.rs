use std::sync::Arc;

use passwright_connectors::csv_file::CsvAccounts;
use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::aggregation::{AggregationCounts, AggregationState};
use passwright_domain::audit::AuditRecord;
use passwright_domain::directory::SourceSchema;
use passwright_domain::ids::{AggregationId, SourceId};
use passwright_storage::aggregations::runs::{self, Run};
use passwright_storage::aggregations::{accounts, settings};
use passwright_storage::directory::source_schemas;
use passwright_storage::{StorageError, Tx, Write, audit};

use super::feed::Feed;
use super::run::Running;
use super::shape::Shape;
use crate::{Error, Fault, Service};

/// How the accounts of a source are to be read.
#[derive(Debug, Default)]
pub struct LoadAccounts {
    /// A CSV file with the accounts, instead of what the source gives.
    pub file: Option<Vec<u8>>,
    /// Consider every account anew, changed or not.
    pub reprocess: bool,
    /// Remove what is gone, however much it is.
    pub confirm_removals: bool,
}

struct StartRun {
    run: Run,
    audit: AuditRecord,
}

impl Write for StartRun {
    type Output = Run;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Run, StorageError> {
        let started_at = tx.now(self.run.started_at).await?;
        let known = accounts::count(tx, &self.run.source_id).await?;
        let run = Run { known, started_at, ..self.run.clone() };
        runs::insert(tx, &run).await?;
        audit::insert(tx, &self.audit).await?;
        Ok(run)
    }
}

impl Service {
    /// Whether the caller may have the accounts of a source read: asked before a long file is taken from them.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn may_load_accounts(&self, caller: &Caller, id: &str) -> Result<(), Error> {
        self.require(caller, Action::Administer(Right::ManageSources), &format!("source:{id}")).await
    }

    /// Starts reading all accounts of a source; it goes on after this returns, and
    /// [`get_aggregation`](Self::get_aggregation) tells how far it is.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` for the built-in source, for a file that has no usable first line, and while
    /// the accounts of the source are being read. A source that does not answer is the outcome, not an error.
    pub async fn load_accounts(
        self: &Arc<Self>,
        caller: &Caller,
        id: &str,
        request: LoadAccounts,
    ) -> Result<Run, Error> {
        let object = format!("source:{id}");
        self.may_load_accounts(caller, id).await?;
        let id: SourceId = id.parse().map_err(|_| Error::NotFound)?;
        self.recheck_catalog();
        let catalog = self.catalog().await?;
        let known = catalog.source(&id).ok_or(Error::NotFound)?;
        if known.source.is_built_in() {
            return Err(Error::bad(Fault::Semantic, "the built-in source has no accounts of its own to read"));
        }
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let schemas = source_schemas::of_source(&mut tx, &id).await?;
        let (authoritative, settings) = settings::lookup(&mut tx, &id).await?;
        drop(reader);
        let schema = schemas.iter().map(|stored| &stored.schema);
        let schema = schema.into_iter().find(|schema| schema.name.as_deref() == Some(SourceSchema::ACCOUNT));
        let shape = Shape::of(&known.source, schema);
        let feed = match request.file {
            Some(file) => Ok(Feed::file(csv(file, &shape)?)),
            None => match known.connector() {
                Some(Ok(connector)) => Ok(Feed::source(connector.clone(), shape.wanted.clone())),
                Some(Err(fault)) => Err(fault),
                None => return Err(Error::NotFound),
            },
        };
        let run = Run {
            id: AggregationId::from_random(self.rng.id_bytes(self.now())),
            source_id: id,
            source_name: known.source.name.clone(),
            actor: caller.actor(),
            optimized: !request.reprocess,
            state: AggregationState::Running,
            reason: String::new(),
            known: 0,
            counts: AggregationCounts::default(),
            started_at: self.now(),
            ended_at: None,
        };
        let audit = self.changed(caller, "ACCOUNT_AGGREGATION_STARTED", object, run.id.as_str());
        let run = match self.store.write(StartRun { run, audit }).await {
            Err(StorageError::Conflict(_)) => {
                return Err(Error::bad(Fault::Semantic, "the accounts of the source are being read already"));
            }
            done => Arc::new(done?),
        };
        let running = Running {
            service: self.clone(),
            run: run.clone(),
            shape,
            settings: Arc::new(settings),
            authoritative,
            built_in: catalog.built_in().map(|source| source.source.id.clone()),
            confirmed: request.confirm_removals,
            tracking_id: caller.tracking_id.clone(),
        };
        tokio::spawn(running.run(feed));
        Ok((*run).clone())
    }
}

fn csv(file: Vec<u8>, shape: &Shape) -> Result<CsvAccounts, Error> {
    let file = Box::new(std::io::Cursor::new(file));
    CsvAccounts::new(file, shape.identity.as_deref(), shape.display.as_deref())
        .map_err(|fault| Error::bad(Fault::Semantic, fault.reason))
}
