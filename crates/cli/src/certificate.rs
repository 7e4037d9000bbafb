//! The certificate of a running `serve`.

use std::sync::Arc;
use std::time::Duration;

use passwright_http::{Certificate, Reloaded};
use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Failure;

/// Between two looks at the files.
const EVERY: Duration = Duration::from_secs(5);

/// Takes the certificate's files up when they change: looked at every few seconds, and at once at SIGHUP, as long as the
/// process runs. Without a certificate SIGHUP does nothing.
///
/// # Errors
/// When the signal cannot be caught.
pub(crate) fn keep(certificate: Option<Arc<Certificate>>) -> Result<(), Failure> {
    let mut asked = signal(SignalKind::hangup()).map_err(|e| Failure::run("cannot catch signals", &e))?;
    tokio::spawn(async move {
        loop {
            let by_signal = tokio::select! {
                _ = asked.recv() => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            let Some(certificate) = certificate.clone() else { continue };
            // Reading files blocks.
            match tokio::task::spawn_blocking(move || certificate.reload()).await {
                Ok(Ok(Reloaded::Renewed)) => tracing::info!("the new certificate is in use"),
                Ok(Ok(Reloaded::Same)) if by_signal => tracing::info!("the certificate's files are the same"),
                Ok(Ok(Reloaded::Same)) => {}
                Ok(Err(fault)) => {
                    tracing::error!(error = %fault, "the new certificate cannot be used; the one before stays");
                }
                Err(error) => tracing::error!(error = %error, "the certificate could not be looked at"),
            }
        }
    });
    Ok(())
}
