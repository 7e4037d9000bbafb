//! What the disk and the database engine give on their own, from one process that does nothing else.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

const BLOCK: usize = 4096;
/// Blocks that are written in turn; the file has its size before the measurement.
const BLOCKS: u64 = 1024;

/// Overwrites of 4 KiB per second, each followed by `fdatasync`.
pub(crate) fn synced_writes(folder: &Path, window: Duration) -> Result<f64> {
    let file = File::create(folder.join("synced"))?;
    let block = [7; BLOCK];
    for number in 0..BLOCKS {
        file.write_all_at(&block, number * BLOCK as u64)?;
    }
    file.sync_all()?;
    let started = Instant::now();
    let mut count = 0_u32;
    while started.elapsed() < window {
        file.write_all_at(&block, u64::from(count) % BLOCKS * BLOCK as u64)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}

/// SQLite commits per second of one row of 600 bytes each, with the settings of the product: WAL, `synchronous=FULL`.
pub(crate) async fn synced_inserts(folder: &Path, window: Duration) -> Result<f64> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("synced.sqlite3"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await?;
    sqlx::query("CREATE TABLE row (id INTEGER PRIMARY KEY, body TEXT NOT NULL)").execute(&mut connection).await?;
    let body = "x".repeat(600);
    let started = Instant::now();
    let mut count = 0_u32;
    while started.elapsed() < window {
        sqlx::query("INSERT INTO row (body) VALUES ($1)").bind(&body).execute(&mut connection).await?;
        count += 1;
    }
    let rate = f64::from(count) / started.elapsed().as_secs_f64();
    connection.close().await?;
    Ok(rate)
}
