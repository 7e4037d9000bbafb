//! Work that time brings, apart from the change queue.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::Service;

/// Between two looks at the keys.
const EVERY: Duration = Duration::from_secs(60);

/// Renews and destroys keys once a minute until told to stop.
pub async fn keep_keys(service: Arc<Service>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = service.refresh_keys().await {
            tracing::error!(error = %error, "the keys could not be refreshed");
        }
    }
}
