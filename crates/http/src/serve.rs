//! Serving HTTP/1.1, plain or in TLS: every wait is bounded, and an end drains.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use passwright_app::Service;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::front::{Connection, Front};
use crate::router::router_with;
use crate::streams::Streams;

/// Connections at once; more wait in the listener's queue.
const CONNECTIONS: usize = 4096;
/// For a request's header, and so also how long a kept connection may be idle.
const HEADER_TIME: Duration = Duration::from_secs(30);
/// For a TLS handshake.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// Bounds a request's header, in bytes.
const BUFFER: usize = 64 * 1024;
/// From the end's signal until what still runs is cut off.
const DRAIN_TIME: Duration = Duration::from_secs(5);
/// Before the next try when the system has no descriptor or memory left for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `shutdown` is done, then lets the requests under way finish.
///
/// # Errors
/// When the listener does not know its address, so is not one that can serve.
pub async fn serve(front: Front, service: Arc<Service>, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let Front { listener, certificate, proxies } = front;
    tracing::info!(address = %listener.local_addr()?, tls = certificate.is_some(), "serving");
    let proxies = Arc::new(proxies);
    let acceptor = certificate.map(|certificate| TlsAcceptor::from(certificate.config()));
    let streams = Streams::new();
    let service = router_with(service, streams.clone());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME).max_buf_size(BUFFER);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let connections = GracefulShutdown::new();
    let (stop, stopped) = watch::channel(());
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let connection = Connection { peer: peer.ip(), encrypted: acceptor.is_some(), proxies: proxies.clone() };
        if !connection.is_acceptable() {
            tracing::debug!(%peer, "a plain connection that is from no proxy was closed");
            continue;
        }
        // Every request knows the connection it came on.
        let service = TowerToHyperService::new(service.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(connection.clone());
            request
        }));
        // A peer that goes away or speaks no HTTP is its own affair.
        match acceptor.clone() {
            None => {
                let served = connections.watch(http.serve_connection(TokioIo::new(stream), service));
                tokio::spawn(async move {
                    if let Err(e) = served.await {
                        tracing::debug!(error = %e, "a connection broke off");
                    }
                    drop(place);
                });
            }
            Some(acceptor) => {
                let (http, watcher, mut stopped) = (http.clone(), connections.watcher(), stopped.clone());
                tokio::spawn(async move {
                    let stream = tokio::select! {
                        // Nothing was asked yet.
                        _ = stopped.changed() => return,
                        stream = timeout(HANDSHAKE_TIME, acceptor.accept(stream)) => stream,
                    };
                    match stream {
                        Ok(Ok(stream)) => {
                            let served = watcher.watch(http.serve_connection(TokioIo::new(stream), service));
                            if let Err(e) = served.await {
                                tracing::debug!(error = %e, "a connection broke off");
                            }
                        }
                        Ok(Err(e)) => tracing::debug!(%peer, error = %e, "a TLS handshake failed"),
                        Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
                    }
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    drop(stop);
    streams.close();
    if timeout(DRAIN_TIME, connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still running at the end and are cut off");
    }
    Ok(())
}

/// The next connection and its place among those allowed.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so a place is always given.
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Err(e) = stream.set_nodelay(true) {
                    tracing::debug!(error = %e, "a connection without TCP_NODELAY");
                }
                return (stream, peer, place);
            }
            // The peer was gone before its turn; the next one may be there.
            Err(e) if is_peers(&e) => {}
            Err(e) => {
                tracing::warn!(error = %e, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
