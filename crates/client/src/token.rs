//! The access token: fetched once, kept until shortly before it ends, fetched anew after a 401.
//!
//! One fetch at a time: calls that need a token meanwhile wait for that one.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::ClientError;
use crate::secret::Secret;

/// How the client proves who it is.
pub(crate) enum Credential {
    /// An access token from elsewhere; it cannot be renewed.
    AccessToken(Arc<Secret>),
    /// An API client or a personal access token (RFC 6749 section 4.4).
    Client {
        /// The client's id.
        id: String,
        /// The client's secret.
        secret: Secret,
    },
}

struct Cached {
    token: Arc<Secret>,
    /// `None`: beyond what the clock can count.
    renew_at: Option<Instant>,
}

/// Holds the token of one client.
pub(crate) struct TokenCache(Mutex<Option<Cached>>);

impl TokenCache {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// The kept token, or the one `fetch` brings: token and seconds of life.
    pub(crate) async fn get<F>(&self, fetch: F) -> Result<Arc<Secret>, ClientError>
    where
        F: Future<Output = Result<(Secret, u64), ClientError>>,
    {
        let mut cached = self.0.lock().await;
        if let Some(kept) = cached.as_ref()
            && kept.renew_at.is_none_or(|at| Instant::now() < at)
        {
            return Ok(Arc::clone(&kept.token));
        }
        *cached = None;
        let asked_at = Instant::now();
        let (token, life) = fetch.await?;
        let token = Arc::new(token);
        let renew_at = asked_at.checked_add(usable_life(life));
        *cached = Some(Cached { token: Arc::clone(&token), renew_at });
        Ok(token)
    }

    /// Forgets this token, unless another has taken its place.
    pub(crate) async fn discard(&self, token: &Arc<Secret>) {
        let mut cached = self.0.lock().await;
        if cached.as_ref().is_some_and(|kept| Arc::ptr_eq(&kept.token, token)) {
            *cached = None;
        }
    }
}

/// How long a token of this life, in seconds, is used: less 30 s, or less a tenth when it is short.
fn usable_life(seconds: u64) -> Duration {
    Duration::from_secs(seconds - (seconds / 10).min(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(cache: &TokenCache, fresh: &str, life: u64) -> Arc<Secret> {
        cache.get(async { Ok((Secret::from(fresh), life)) }).await.unwrap_or_else(|error| panic!("{error}"))
    }

    #[tokio::test(start_paused = true)]
    async fn kept_until_shortly_before_its_end() {
        let cache = TokenCache::new();
        assert_eq!(get(&cache, "first", 749).await.expose(), "first");
        tokio::time::advance(Duration::from_secs(718)).await;
        assert_eq!(get(&cache, "second", 749).await.expose(), "first");
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(get(&cache, "second", u64::MAX).await.expose(), "second");
        tokio::time::advance(Duration::from_secs(1_000_000)).await;
        assert_eq!(get(&cache, "third", 749).await.expose(), "second");
    }

    #[tokio::test]
    async fn only_the_refused_token_is_discarded() {
        let cache = TokenCache::new();
        let first = get(&cache, "first", 749).await;
        cache.discard(&first).await;
        let second = get(&cache, "second", 749).await;
        assert_eq!(second.expose(), "second");
        cache.discard(&first).await;
        assert_eq!(get(&cache, "third", 749).await.expose(), "second");
    }

    #[tokio::test]
    async fn a_failed_fetch_is_not_kept() {
        let cache = TokenCache::new();
        assert!(cache.get(async { Err(ClientError::InvalidRequestId) }).await.is_err());
        assert_eq!(get(&cache, "first", 0).await.expose(), "first");
        assert_eq!(get(&cache, "second", 749).await.expose(), "second", "a life of 0 s is over at once");
    }

    #[test]
    fn short_lives() {
        assert_eq!(usable_life(43_200), Duration::from_secs(43_170));
        assert_eq!(usable_life(15), Duration::from_secs(14));
        assert_eq!(usable_life(0), Duration::ZERO);
    }
}
