//! Group commit: a failing write undoes itself alone; what was answered is on disk.

use passwright_storage::settings;
use passwright_storage::{StorageError, Store, Tx, Write};

use super::engines::{on_both_engines, sqlite};
use passwright_domain::timestamp::Timestamp;

/// Sets a name, then fails when told to.
struct SetThenFail {
    name: String,
    fails: bool,
}

impl Write for SetThenFail {
    type Output = String;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<String, StorageError> {
        settings::set(tx, &self.name, "set", Timestamp(1)).await?;
        if self.fails { Err(StorageError::LeaseLost) } else { Ok(self.name.clone()) }
    }
}

async fn is_set(store: &Store, name: &str) -> bool {
    let mut reader = store.read().await.unwrap();
    settings::lookup(&mut reader.tx(), name).await.unwrap().is_some()
}

#[test]
fn a_failing_write_undoes_itself_alone() {
    on_both_engines(|database| async move {
        let store = database.store;
        let mut writes = tokio::task::JoinSet::new();
        for n in 0..200 {
            let store = store.clone();
            writes.spawn(async move {
                let write = SetThenFail { name: format!("n{n}"), fails: n % 3 == 0 };
                (n, store.write(write).await.is_ok())
            });
        }
        while let Some(done) = writes.join_next().await {
            let (n, ok) = done.unwrap();
            assert_eq!(ok, n % 3 != 0);
            assert_eq!(is_set(&store, &format!("n{n}")).await, ok, "n{n}");
        }
    });
}

#[tokio::test]
async fn an_answered_write_is_there_for_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let database = sqlite(&folder).await;
    database.store.write(SetThenFail { name: "kept".into(), fails: false }).await.unwrap();
    let second = Store::open(&database.options).await.unwrap();
    assert!(is_set(&second, "kept").await);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let database = sqlite(&folder).await;
    let mut reader = database.store.read().await.unwrap();
    assert!(settings::set(&mut reader.tx(), "x", "y", Timestamp(1)).await.is_err());
}
