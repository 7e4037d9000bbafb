//! A hint that work was accepted, from one PostgreSQL node to the others. Only a hint: a lost one costs a worker's next
//! look at the queue, never a change.

use sqlx::postgres::PgListener;

use crate::{StorageError, Tx};

const CHANNEL: &str = "passwright_work";

statements! {
    NOTIFY = "SELECT pg_notify('passwright_work', '') /* engine: postgresql */";
}

/// Rings the other nodes when this transaction commits. On SQLite there are none.
pub(crate) async fn ring(tx: &mut Tx<'_>) -> Result<(), StorageError> {
    if let Tx::Postgres(c) = tx {
        sqlx::query(NOTIFY).execute(&mut **c).await?;
    }
    Ok(())
}

/// Hears the other nodes ring.
pub struct Listener(pub(crate) PgListener);

impl Listener {
    pub(crate) async fn start(pool: &sqlx::PgPool) -> Result<Self, StorageError> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Self(listener))
    }

    /// Waits for a ring. After a broken connection it connects anew by itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn heard(&mut self) -> Result<(), StorageError> {
        self.0.recv().await?;
        Ok(())
    }
}
