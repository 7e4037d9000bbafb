//! Runs a test on both engines.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use passwright_storage::{Options, Store};
use passwright_testkit::{Postgres, require};

/// An opened, migrated, empty database.
pub(crate) struct Database {
    pub(crate) store: Store,
    pub(crate) options: Options,
}

/// One server for the tests that run at the same time; the last of them ends it.
fn postgres() -> Option<Arc<Postgres>> {
    static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
    require("postgresql", Postgres::missing())?;
    let mut shared = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    Some(shared.upgrade().unwrap_or_else(|| {
        let server = Arc::new(Postgres::start().expect("postgres starts"));
        *shared = Arc::downgrade(&server);
        server
    }))
}

async fn open(options: Options) -> Database {
    Store::migrate(&options).await.expect("the migrations run");
    let store = Store::open(&options).await.expect("the database opens");
    Database { store, options }
}

/// The folder lives as long as the caller keeps it.
pub(crate) async fn sqlite(folder: &tempfile::TempDir) -> Database {
    let url = format!("sqlite://{}", folder.path().join("test.sqlite3").display());
    open(Options::new(url)).await
}

/// Runs `test` on SQLite, then on PostgreSQL.
pub(crate) fn on_both_engines<F: Future<Output = ()>>(test: impl Fn(Database) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        test(sqlite(&folder).await).await;
        if let Some(server) = postgres() {
            test(open(Options::new(server.fresh_database().unwrap())).await).await;
        }
    });
}
