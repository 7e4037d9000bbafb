//! SQLite's one writer: it takes waiting writes in turn, runs each under a savepoint, commits them together (one sync for
//! all of them), and only then answers. While a commit syncs, the next batch gathers.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use sqlx::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

use crate::{StorageError, Tx};

/// Most writes in one commit; bounds the answer time of the first.
const BATCH: usize = 256;
/// Waiting writes before callers have to wait to hand theirs over.
const QUEUE: usize = 1024;
/// After this long without a write the log is folded back into the database and cut, so erased payloads leave the disk.
const IDLE: Duration = Duration::from_millis(500);

/// A write as a value. It may run again (PostgreSQL asks for a retry), so it takes `&self`.
pub trait Write: Send + Sync + 'static {
    type Output: Send + 'static;

    /// Runs inside a transaction. An error undoes this write alone.
    fn apply(&self, tx: &mut Tx<'_>) -> impl Future<Output = Result<Self::Output, StorageError>> + Send;
}

type Run<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

trait Waiting: Send {
    /// Runs the write and keeps its result; false when it must be undone.
    fn run<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> Run<'a>;
    /// Gives the caller the kept result, or the error that undid the whole batch.
    fn answer(self: Box<Self>, batch: Result<(), StorageError>);
}

struct Handed<W: Write> {
    write: W,
    result: Option<Result<W::Output, StorageError>>,
    reply: oneshot::Sender<Result<W::Output, StorageError>>,
}

impl<W: Write> Waiting for Handed<W> {
    fn run<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> Run<'a> {
        Box::pin(async move {
            let result = self.write.apply(&mut Tx::Sqlite(connection)).await;
            let keep = result.is_ok();
            self.result = Some(result);
            keep
        })
    }

    fn answer(self: Box<Self>, batch: Result<(), StorageError>) {
        let result = match batch {
            Ok(()) => self.result.unwrap_or(Err(StorageError::Stopped)),
            Err(error) => Err(error),
        };
        // A caller that went away loses nothing: the write stands.
        let _ = self.reply.send(result);
    }
}

/// The handle callers send their writes through.
#[derive(Clone)]
pub(crate) struct Writer(mpsc::Sender<Box<dyn Waiting>>);

impl Writer {
    /// Starts the writer on its own connection.
    pub(crate) fn start(connection: SqliteConnection) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(serve(connection, receiver));
        Self(sender)
    }

    pub(crate) async fn write<W: Write>(&self, write: W) -> Result<W::Output, StorageError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Box::new(Handed { write, result: None, reply })).await.map_err(|_| StorageError::Stopped)?;
        answer.await.map_err(|_| StorageError::Stopped)?
    }
}

async fn serve(mut connection: SqliteConnection, mut queue: mpsc::Receiver<Box<dyn Waiting>>) {
    let mut dirty = false;
    loop {
        let first = if dirty {
            match tokio::time::timeout(IDLE, queue.recv()).await {
                Ok(first) => first,
                Err(_) => {
                    // Readers may hold the log; then it is cut at the next pause.
                    let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await;
                    dirty = false;
                    continue;
                }
            }
        } else {
            queue.recv().await
        };
        let Some(first) = first else { return };
        dirty = true;
        commit_batch(&mut connection, &mut queue, first).await;
    }
}

async fn commit_batch(
    connection: &mut SqliteConnection,
    queue: &mut mpsc::Receiver<Box<dyn Waiting>>,
    first: Box<dyn Waiting>,
) {
    let mut batch = Vec::new();
    let outcome = run_batch(connection, queue, first, &mut batch).await;
    if let Err(error) = &outcome {
        stop_on_sync_failure(error);
        // Ends a transaction that is still open; fails harmlessly when there is none.
        let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
        tracing::error!(error = %error, writes = batch.len(), "a batch of writes was not committed");
    }
    let failure = outcome.err();
    for waiting in batch {
        let result = match &failure {
            None => Ok(()),
            Some(error) => Err(StorageError::Unavailable(sqlx::Error::Protocol(error.to_string()))),
        };
        waiting.answer(result);
    }
}

async fn run_batch(
    connection: &mut SqliteConnection,
    queue: &mut mpsc::Receiver<Box<dyn Waiting>>,
    first: Box<dyn Waiting>,
    batch: &mut Vec<Box<dyn Waiting>>,
) -> Result<(), sqlx::Error> {
    let mut next = Some(first);
    if let Err(error) = sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await {
        batch.extend(next);
        return Err(error);
    }
    while let Some(mut waiting) = next.take() {
        sqlx::query("SAVEPOINT write").execute(&mut *connection).await?;
        let keep = waiting.run(connection).await;
        batch.push(waiting);
        if !keep {
            sqlx::query("ROLLBACK TO write").execute(&mut *connection).await?;
        }
        sqlx::query("RELEASE write").execute(&mut *connection).await?;
        if batch.len() < BATCH {
            next = queue.try_recv().ok();
        }
    }
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    Ok(())
}

/// After a failed sync nobody knows what the disk holds, and the kernel may report success next time: the only safe
/// step is to stop and recover from the log at the next start (requirement R51).
fn stop_on_sync_failure(error: &sqlx::Error) {
    // SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC
    let failed_sync = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| matches!(&*code, "1034" | "1290"));
    if failed_sync {
        tracing::error!("the database could not be synced to disk; stopping");
        std::process::abort();
    }
}
