//! SQLite's one writer: a thread that takes waiting writes in turn, commits many of them together (one sync for all of
//! them), and only then answers. While a commit syncs, the next batch gathers.
//!
//! A batch first runs without savepoints, whose copies of pages for a possible undo cost a fifth of the time. Most writes
//! that fail have changed nothing by then and need no undo. When one has, the batch is rolled back and runs again, each
//! write under a savepoint of its own. A write may run twice, as on PostgreSQL.

use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};

use crate::{SqliteConnection, StorageError, Tx};

/// Most writes in one commit; bounds the answer time of the first.
const BATCH: usize = 256;
/// Waiting writes before callers have to wait to hand theirs over.
const QUEUE: usize = 1024;
/// After this long without a write the log is folded back into the database and cut, so erased payloads leave the disk.
const IDLE: Duration = Duration::from_millis(500);

/// A write as a value. It may run more than once before it stands, so it takes `&self`. It waits for the database alone.
pub trait Write: Send + Sync + 'static {
    type Output: Send + 'static;

    /// False where nothing is lost when a power cut undoes it, as with a lease, which is void at SQLite's next start.
    /// Then its commit waits for no sync of its own; a later commit's sync covers it.
    const SYNCED: bool = true;

    /// Runs inside a transaction. An error undoes this write alone.
    fn apply(&self, tx: &mut Tx<'_>) -> impl Future<Output = Result<Self::Output, StorageError>> + Send;
}

trait Waiting: Send {
    fn needs_sync(&self) -> bool;
    /// Runs the write and keeps its result; false when it failed.
    fn run(&mut self, connection: &mut SqliteConnection) -> bool;
    /// Gives the caller the kept result, or the error that undid the whole batch.
    fn answer(self: Box<Self>, failed: Option<&StorageError>);
}

struct Handed<W: Write> {
    write: W,
    result: Option<Result<W::Output, StorageError>>,
    reply: oneshot::Sender<Result<W::Output, StorageError>>,
}

impl<W: Write> Waiting for Handed<W> {
    fn needs_sync(&self) -> bool {
        W::SYNCED
    }

    fn run(&mut self, connection: &mut SqliteConnection) -> bool {
        let mut tx = Tx::Sqlite(connection);
        let write = pin!(self.write.apply(&mut tx));
        // SQLite answers at once, so a write is done when it was polled once.
        let result = match write.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => Err(StorageError::Waits),
        };
        let done = result.is_ok();
        self.result = Some(result);
        done
    }

    fn answer(self: Box<Self>, failed: Option<&StorageError>) {
        let result = match failed {
            None => self.result.unwrap_or(Err(StorageError::Stopped)),
            Some(error) => Err(StorageError::Unavailable(error.to_string().into())),
        };
        // A caller that went away loses nothing: the write stands.
        let _ = self.reply.send(result);
    }
}

/// The handle callers send their writes through.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: Sender<Box<dyn Waiting>>,
    room: Arc<Semaphore>,
}

impl Writer {
    /// Starts the writer's thread on its own connection. It ends when the last handle is gone.
    pub(crate) fn start(connection: SqliteConnection) -> Result<Self, StorageError> {
        let (queue, receiver) = channel();
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || serve(connection, receiver))
            .map_err(|error| StorageError::Unavailable(error.into()))?;
        Ok(Self { queue, room: Arc::new(Semaphore::new(QUEUE)) })
    }

    pub(crate) async fn write<W: Write>(&self, write: W) -> Result<W::Output, StorageError> {
        let _place = self.room.acquire().await.map_err(|_| StorageError::Stopped)?;
        let (reply, answer) = oneshot::channel();
        self.queue.send(Box::new(Handed { write, result: None, reply })).map_err(|_| StorageError::Stopped)?;
        answer.await.map_err(|_| StorageError::Stopped)?
    }
}

/// What waits for the writer. A batch that needs no sync ends before a write that does.
struct Queue {
    receiver: Receiver<Box<dyn Waiting>>,
    put_off: Option<Box<dyn Waiting>>,
}

impl Queue {
    /// The first write of a batch; waits for it, `most` at most.
    fn first(&mut self, most: Option<Duration>) -> Result<Box<dyn Waiting>, RecvTimeoutError> {
        match (self.put_off.take(), most) {
            (Some(first), _) => Ok(first),
            (None, Some(most)) => self.receiver.recv_timeout(most),
            (None, None) => self.receiver.recv().map_err(RecvTimeoutError::from),
        }
    }

    /// The next write of a batch that is synced or not, if there is one now.
    fn next(&mut self, synced: bool) -> Option<Box<dyn Waiting>> {
        let next = self.receiver.try_recv().ok()?;
        if synced || !next.needs_sync() {
            return Some(next);
        }
        self.put_off = Some(next);
        None
    }
}

fn serve(mut connection: SqliteConnection, receiver: Receiver<Box<dyn Waiting>>) {
    let mut queue = Queue { receiver, put_off: None };
    let mut dirty = false;
    loop {
        match queue.first(dirty.then_some(IDLE)) {
            Ok(first) => {
                dirty = true;
                commit_batch(&mut connection, &mut queue, first);
            }
            Err(RecvTimeoutError::Timeout) => {
                // Readers may hold the log; then it is cut at the next pause.
                let _ = connection.batch("PRAGMA wal_checkpoint(TRUNCATE)");
                dirty = false;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn commit_batch(connection: &mut SqliteConnection, queue: &mut Queue, first: Box<dyn Waiting>) {
    let synced = first.needs_sync();
    let mut batch = vec![first];
    let outcome =
        connection.set_synced(synced).and_then(|()| match run_together(connection, queue, synced, &mut batch) {
            Ok(true) => Ok(()),
            Ok(false) => run_apart(connection, &mut batch),
            Err(error) => Err(error),
        });
    if let Err(error) = &outcome {
        stop_on_sync_failure(error);
        roll_back(connection);
        tracing::error!(error = %error, cause = ?error, writes = batch.len(), "a batch of writes was not committed");
    }
    for waiting in batch {
        waiting.answer(outcome.as_ref().err());
    }
}

/// Runs `batch` and what arrives meanwhile, and commits; false when a write has to be undone alone.
fn run_together(
    connection: &mut SqliteConnection,
    queue: &mut Queue,
    synced: bool,
    batch: &mut Vec<Box<dyn Waiting>>,
) -> Result<bool, StorageError> {
    connection.batch("BEGIN IMMEDIATE")?;
    let mut next = 0;
    while let Some(waiting) = batch.get_mut(next) {
        let before = connection.total_changes();
        if !waiting.run(connection) && (connection.total_changes() != before || !connection.in_transaction()) {
            roll_back(connection);
            return Ok(false);
        }
        next += 1;
        if batch.len() < BATCH {
            batch.extend(queue.next(synced));
        }
    }
    connection.batch("COMMIT")?;
    Ok(true)
}

/// Runs each write under a savepoint, so that a failing one is undone alone, and commits.
fn run_apart(connection: &mut SqliteConnection, batch: &mut [Box<dyn Waiting>]) -> Result<(), StorageError> {
    connection.batch("BEGIN IMMEDIATE")?;
    for waiting in batch {
        connection.batch("SAVEPOINT write")?;
        if !waiting.run(connection) {
            connection.batch("ROLLBACK TO write")?;
        }
        connection.batch("RELEASE write")?;
    }
    connection.batch("COMMIT")
}

/// Ends a transaction that is still open; SQLite may have ended it itself.
fn roll_back(connection: &SqliteConnection) {
    if connection.in_transaction()
        && let Err(error) = connection.batch("ROLLBACK")
    {
        tracing::error!(error = %error, cause = ?error, "a transaction was not rolled back");
    }
}

/// After a failed sync nobody knows what the disk holds, and the kernel may report success next time: the only safe
/// step is to stop and recover from the log at the next start (requirement R51).
fn stop_on_sync_failure(error: &StorageError) {
    let StorageError::Unavailable(cause) = error else { return };
    let code = cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error);
    // SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC
    if code.is_some_and(|code| matches!(code.extended_code, 1034 | 1290)) {
        tracing::error!("the database could not be synced to disk; stopping");
        std::process::abort();
    }
}
