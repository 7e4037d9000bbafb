//! PostgreSQL's connections, and what is known of the server: while it is gone one caller at a time waits for it, and the
//! others are told at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use tokio::sync::Mutex;

/// The pool. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connections {
    pub(crate) pool: PgPool,
    /// The last caller got no connection in time.
    gone: Arc<AtomicBool>,
    asking: Arc<Mutex<()>>,
}

impl Connections {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool, gone: Arc::default(), asking: Arc::default() }
    }

    /// A connection.
    ///
    /// # Errors
    /// When there is none in time; at once when that has just been found out and is being found out again.
    pub(crate) async fn acquire(&self) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        let _asking = match self.gone.load(Ordering::Relaxed) {
            true => Some(self.asking.try_lock().map_err(|_| sqlx::Error::PoolTimedOut)?),
            false => None,
        };
        let acquired = self.pool.acquire().await;
        self.gone.store(acquired.is_err(), Ordering::Relaxed);
        acquired
    }
}
