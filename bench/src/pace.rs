//! Changes accepted at a steady pace, whatever becomes of them, and how long each took from its acceptance to its end.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use passwright_app::Caller;
use passwright_app::Service;
use passwright_app::passwords::SetPasswordRequest;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::site::Site;

const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(25);

/// Accepts one request after the other, `per_second` of them in a second.
pub(crate) async fn accept(
    service: &Arc<Service>,
    caller: &Caller,
    requests: Vec<SetPasswordRequest>,
    per_second: u32,
) -> Result<()> {
    let mut tick = interval(Duration::from_secs(1) / per_second);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for request in requests {
        tick.tick().await;
        service.set_password(caller, request).await?;
    }
    Ok(())
}

/// Waits until the statement gives 0.
pub(crate) async fn until_none(site: &Site, sql: &'static str) -> Result<()> {
    let started = Instant::now();
    while site.number(sql).await? > 0 {
        ensure!(started.elapsed() < PATIENCE, "not done in {PATIENCE:?}: {sql}");
        sleep(POLL).await;
    }
    Ok(())
}

/// The value below which this share of the sorted numbers lies.
pub(crate) fn quantile(sorted: &[i64], share: f64) -> i64 {
    let at = (sorted.len() as f64 * share) as usize;
    sorted.get(at).or(sorted.last()).copied().unwrap_or_default()
}

/// Microseconds as milliseconds.
pub(crate) fn millis(micros: i64) -> String {
    format!("{:.1} ms", micros as f64 / 1000.0)
}
