//! Starting, accepting and stopping.

use std::fs::DirBuilder;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use rustls::ServerConfig;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::connection;
use crate::directory::Directory;
use crate::faults::Faults;
use crate::settings::Settings;
use crate::store::Store;
use crate::tls;

/// Most clients at a time; more wait in the listener's queue.
const MAX_CONNECTIONS: usize = 1024;
/// Pause after an accept that failed, mostly for want of file handles.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// A directory that serves until it is stopped or dropped.
pub struct Running {
    addr: SocketAddr,
    data_dir: PathBuf,
    directory: Arc<Directory>,
    serving: Option<JoinHandle<()>>,
}

/// Binds the address, loads or makes the data and serves in the background of the current Tokio runtime.
///
/// # Errors
/// When the folder cannot be used or is in use, its data is damaged, a setting is not usable, or the address is taken.
pub async fn start(settings: Settings) -> anyhow::Result<Running> {
    let data_dir = settings.data_dir.clone();
    let (store, tls) = tokio::task::spawn_blocking(move || open(&data_dir)).await??;
    let listener =
        TcpListener::bind(settings.listen).await.with_context(|| format!("cannot listen on {}", settings.listen))?;
    let addr = listener.local_addr()?;
    let directory = Arc::new(Directory::open(&settings, store).await?);
    let serving = tokio::spawn(accept(Arc::clone(&directory), listener, TlsAcceptor::from(tls)));
    tracing::info!(%addr, "the directory is listening");
    Ok(Running { addr, data_dir: settings.data_dir, directory, serving: Some(serving) })
}

impl Running {
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The certificate that clients must trust, PEM.
    pub fn ca_file(&self) -> PathBuf {
        tls::ca_file(&self.data_dir)
    }

    /// `ldaps://localhost:PORT`; the certificate holds that name.
    pub fn url(&self) -> String {
        format!("ldaps://localhost:{}", self.addr.port())
    }

    /// The switches for faults.
    pub fn faults(&self) -> &Faults {
        &self.directory.faults
    }

    /// Closes the data while the server goes on: every later write is answered `unavailable` (52), as with a disk that failed.
    pub fn close_data(&self) {
        self.directory.store.close();
    }

    /// Ends all connections and closes the data; the folder is free when it returns.
    pub async fn stop(mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            // It ends as cancelled, and with it all its connections.
            let _ = serving.await;
        }
        let directory = Arc::clone(&self.directory);
        if tokio::task::spawn_blocking(move || directory.store.close()).await.is_err() {
            tracing::error!("the data was not closed in order");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(serving) = &self.serving {
            serving.abort();
        }
        // Waits for the sync in flight, so that the folder is free afterwards.
        self.directory.store.close();
    }
}

fn open(dir: &Path) -> anyhow::Result<(Store, Arc<ServerConfig>)> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .with_context(|| format!("cannot make the folder {}", dir.display()))?;
    // The store first: its lock also guards the certificates.
    let store = Store::open(dir)?;
    let tls = tls::prepare(dir, OffsetDateTime::now_utc())?;
    Ok((store, tls))
}

async fn accept(directory: Arc<Directory>, listener: TcpListener, acceptor: TlsAcceptor) {
    // Ends every connection when this task ends.
    let mut connections = JoinSet::new();
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        while connections.try_join_next().is_some() {}
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
                continue;
            }
        };
        if directory.faults.refuses() {
            // A reset, as from a closed port; an orderly end would look like a server that hangs up.
            let _ = stream.set_zero_linger();
            continue;
        }
        let (directory, acceptor) = (Arc::clone(&directory), acceptor.clone());
        connections.spawn(async move {
            let _place = place;
            connection::serve(directory, stream, acceptor).await;
        });
    }
}
