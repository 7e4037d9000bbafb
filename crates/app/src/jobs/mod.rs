//! Work that time brings, apart from the change queue.

mod forget;
mod purge;
mod registry;

pub use purge::{Retention, purge};
pub use registry::{Job, jobs};

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::Service;

/// Before the database is asked again.
const AGAIN: Duration = Duration::from_secs(1);
/// Between two moves of the restore mark: what was done in the last moments before a crash may be sent again from a backup
/// of just before it.
const MARK: Duration = Duration::from_secs(5);
/// Between two looks at the keys.
const EVERY: Duration = Duration::from_secs(60);

/// Renews and destroys keys, and forgets the names of requests and old messages, once a minute until told to stop.
pub(crate) async fn keep_keys(service: Arc<Service>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = service.refresh_keys().await {
            tracing::error!(error = %error, "the keys could not be refreshed");
        }
        if let Err(error) = service.forget_request_names().await {
            tracing::error!(error = %error, "expired request names could not be removed");
        }
        if let Err(error) = service.forget_deliveries().await {
            tracing::error!(error = %error, "old messages could not be removed");
        }
        if let Err(error) = service.end_lost_aggregations().await {
            tracing::error!(error = %error, "lost aggregations could not be ended");
        }
        if let Err(error) = service.forget_counted().await {
            tracing::error!(error = %error, "failures of more than a day ago could not be removed");
        }
    }
}

/// Moves the marks on from which an older database is told, every few seconds while something is done, until told to stop.
pub async fn watch_for_restore(service: Arc<Service>, mut stop: watch::Receiver<bool>) {
    let mut last_done = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(MARK) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = service.watch_for_restore(&mut last_done).await {
            tracing::error!(error = %error, "the restore mark could not be moved on");
        }
    }
}

/// Rings the worker when another node accepts work, until told to stop.
pub(crate) async fn hear_other_nodes(service: Arc<Service>, mut stop: watch::Receiver<bool>) {
    loop {
        let heard = async {
            let Some(mut listener) = service.store.listen().await? else { return std::future::pending().await };
            loop {
                listener.heard().await?;
                service.work_waiting.notify_one();
            }
        };
        let outcome: Result<std::convert::Infallible, passwright_storage::StorageError> = tokio::select! {
            outcome = heard => outcome,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        // The worker still looks at the queue by itself.
        let Err(error) = outcome;
        tracing::warn!(error = %error, "the other nodes cannot be heard");
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
