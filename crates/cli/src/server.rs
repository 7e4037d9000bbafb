//! Running the service: HTTP, worker and jobs together, until a signal ends them in good order.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use passwright_app::jobs::Retention;
use passwright_app::{Service, jobs, worker};
use passwright_http::Front;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::exit::Failure;

/// From the signal until what still runs is cut off.
const DRAIN: Duration = Duration::from_secs(10);

/// Binds the address; a port in use is told at once.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|e| Failure::run(&format!("cannot listen on {address}"), &e))
}

/// What runs in this process besides the jobs.
pub(crate) struct Parts {
    /// Serve HTTP here.
    pub(crate) front: Option<Front>,
    /// Carry out password changes.
    pub(crate) works: bool,
    /// How long things are kept.
    pub(crate) retention: Retention,
}

/// Runs the parts until SIGTERM or SIGINT, then drains: no new connection and no new lane, requests and attempts under
/// way end, ten seconds at most. `ready` is called once signals are caught and everything runs.
pub(crate) async fn run(service: Arc<Service>, parts: Parts, ready: impl FnOnce()) -> Result<(), Failure> {
    let signalled = signals()?;
    // Before anything is worked on.
    service.notice_restore().await?;
    service.end_aggregations_of_before().await?;
    let (stop, stopped) = watch::channel(false);
    let mut running = JoinSet::new();
    if let Some(front) = parts.front {
        let (service, mut stopped) = (service.clone(), stopped.clone());
        running.spawn(async move {
            let shutdown = async move {
                // An error means that the sender is gone, which is an end too.
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            passwright_http::serve(front, service, shutdown).await.map_err(|e| Failure::run("http", &e))
        });
    }
    if parts.works {
        service.open_outbox().await?;
        let work = worker::run(service.clone(), stopped.clone());
        running.spawn(async move { work.await.map_err(Failure::from) });
    }
    for job in jobs::jobs(&service, parts.works, passwright_http::webhook_body, &stopped) {
        running.spawn(async move {
            job.await;
            Ok(())
        });
    }
    let purge = jobs::purge(service.clone(), parts.retention, stopped.clone());
    running.spawn(async move {
        purge.await;
        Ok(())
    });
    ready();
    let ended_early = tokio::select! {
        () = signalled => None,
        ended = running.join_next() => ended,
    };
    // Without a receiver everything has ended already.
    let _ = stop.send(true);
    let drained = tokio::time::timeout(DRAIN, async { while running.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!("work was still running ten seconds after the signal and is cut off");
    }
    match ended_early {
        None => Ok(()),
        Some(Ok(Err(failure))) => Err(failure),
        Some(Ok(Ok(()))) => Err(Failure::Run("a part of the service ended by itself".to_owned())),
        Some(Err(error)) => Err(Failure::run("a part of the service broke down", &error)),
    }
}

/// Done at the first SIGTERM or SIGINT. The signals are caught from this call on.
pub(crate) fn signals() -> Result<impl Future<Output = ()>, Failure> {
    let caught = |kind| signal(kind).map_err(|e| Failure::run("cannot catch signals", &e));
    let (mut terminate, mut interrupt) = (caught(SignalKind::terminate())?, caught(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Keeps secrets out of core files; called before any is read.
pub(crate) fn harden() -> Result<(), Failure> {
    passwright_vault::hardening::forbid_core_dumps().map_err(|e| Failure::run("cannot forbid core dumps", &e))
}
