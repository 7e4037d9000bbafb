//! Runs hashing on the blocking threads, at most two at a time in the whole process, so that many changes at once
//! neither starve the other work nor multiply the memory of argon2.

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::{HashError, HashScheme};

static PERMITS: Semaphore = Semaphore::const_new(2);

/// [`HashScheme::hash`] in the background.
///
/// # Errors
/// As [`HashScheme::hash`]; what can be refused without hashing is refused without waiting.
pub async fn hash(scheme: HashScheme, password: &str) -> Result<Zeroizing<String>, HashError> {
    scheme.validate()?;
    scheme.accepts(password)?;
    let password = Zeroizing::new(password.to_owned());
    run(move || scheme.hash(&password)).await?
}

/// [`super::verify`] in the background.
///
/// # Errors
/// As [`super::verify`].
pub async fn verify(stored: &str, password: &str) -> Result<bool, HashError> {
    let stored = Zeroizing::new(stored.to_owned());
    let password = Zeroizing::new(password.to_owned());
    run(move || super::verify(&stored, &password)).await?
}

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashError> {
    let permit = PERMITS.acquire().await.map_err(HashError::computation)?;
    // The permit goes with the work: a caller that stops waiting does not free a place that is still in use.
    let task = move || {
        let _permit = permit;
        work()
    };
    tokio::task::spawn_blocking(task).await.map_err(HashError::computation)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn at_most_two_at_once_even_when_callers_give_up() {
        let running = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let done = Arc::new(AtomicUsize::new(0));
        let start = || {
            let (running, most, done) = (running.clone(), most.clone(), done.clone());
            run(move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                HashScheme::default().hash("password").unwrap();
                running.fetch_sub(1, Ordering::SeqCst);
                done.fetch_add(1, Ordering::SeqCst);
            })
        };
        let abandoned: Vec<_> = (0..2).map(|_| tokio::spawn(start())).collect();
        tokio::time::timeout(Duration::from_secs(30), async {
            while running.load(Ordering::SeqCst) + done.load(Ordering::SeqCst) < 2 {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
        abandoned.iter().for_each(tokio::task::JoinHandle::abort);
        let kept: Vec<_> = (0..6).map(|_| tokio::spawn(start())).collect();
        for task in kept {
            task.await.unwrap().unwrap();
        }
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }
}
