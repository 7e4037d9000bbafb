//! Waiting for a condition, with a bound.

use std::time::{Duration, Instant};

/// For anything that is on its way and needs no second attempt.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Asks again every 10 ms until the answer is there or the time is over.
pub(crate) async fn until<T>(what: &str, within: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + within;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {within:?} in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until `GET /readyz` answers 200.
pub(crate) async fn until_ready(url: &str, within: Duration) {
    let http = reqwest::Client::builder().no_proxy().timeout(within).build().unwrap();
    let readyz = format!("{url}/readyz");
    until("/readyz answers 200", within, async || {
        let answer = http.get(&readyz).send().await.ok()?;
        (answer.status().as_u16() == 200).then_some(())
    })
    .await;
}
