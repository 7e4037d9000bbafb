//! What stands before the nodes, as a load balancer or a careful client does: a call that a node does not answer goes to the
//! next one, and one that is refused for now is repeated. The same ciphertext is the same change wherever it is sent.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use passwright_client::{Client, ClientError, PasswordChangeRequest, PasswordInfo, PasswordStatus};
use tokio::sync::Semaphore;

use crate::load::query;

/// No request goes without an answer for longer.
const ANSWERED: Duration = Duration::from_secs(90);
/// Before the next node, or the same one again, is asked.
const PAUSE: Duration = Duration::from_millis(20);

/// The ways into the service.
pub(crate) struct Front {
    doors: Vec<Arc<Client>>,
    permits: Semaphore,
    accepted: AtomicUsize,
    seen: Mutex<Seen>,
}

/// What the callers met.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Answers 503.
    pub(crate) refused: usize,
    /// From a request to its 503.
    pub(crate) longest_refusal: Duration,
    /// No answer at all.
    pub(crate) unanswered: usize,
    /// From the first try to the acceptance.
    pub(crate) longest_acceptance: Duration,
}

impl Front {
    pub(crate) fn new(doors: Vec<Arc<Client>>) -> Arc<Self> {
        assert!(!doors.is_empty());
        let (permits, accepted, seen) = (Semaphore::new(0), AtomicUsize::new(0), Mutex::default());
        Arc::new(Self { doors, permits, accepted, seen })
    }

    /// Lets the writers send so many more requests.
    pub(crate) fn grant(&self, requests: usize) {
        self.permits.add_permits(requests);
    }

    /// Lets them send without end.
    pub(crate) fn grant_all(&self) {
        self.permits.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    /// Lets them send `requests` at this pace until the front is closed.
    pub(crate) fn grant_every(self: &Arc<Self>, pause: Duration, requests: usize) {
        let front = self.clone();
        tokio::spawn(async move {
            while !front.permits.is_closed() {
                front.grant(requests);
                tokio::time::sleep(pause).await;
            }
        });
    }

    /// The writers end after the request at hand.
    pub(crate) fn close(&self) {
        self.permits.close();
    }

    /// Whether the next request may be sent; false once the front is closed.
    pub(crate) async fn permit(&self) -> bool {
        self.permits.acquire().await.map(tokio::sync::SemaphorePermit::forget).is_ok()
    }

    /// Accepted requests so far.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// Starts to count anew.
    pub(crate) fn forget_seen(&self) {
        *self.seen.lock().unwrap() = Seen::default();
    }

    /// Asks until there is an answer that is not "not now".
    async fn ask<T, F>(&self, door: usize, call: impl Fn(Arc<Client>) -> F) -> Result<T, ClientError>
    where
        F: Future<Output = Result<T, ClientError>>,
    {
        let began = Instant::now();
        for turn in door.. {
            let asked = Instant::now();
            let error = match call(self.doors[turn % self.doors.len()].clone()).await {
                Err(error) if is_passing(&error) => error,
                answer => return answer,
            };
            assert!(began.elapsed() < ANSWERED, "no answer for {ANSWERED:?}: {error}");
            self.note(&error, asked.elapsed());
            tokio::time::sleep(PAUSE).await;
        }
        unreachable!("the doors never end")
    }

    fn note(&self, error: &ClientError, after: Duration) {
        let mut seen = self.seen.lock().unwrap();
        match error {
            ClientError::Transport(_) => seen.unanswered += 1,
            _ => {
                seen.refused += 1;
                seen.longest_refusal = seen.longest_refusal.max(after);
                assert!(error.api().is_some_and(|api| api.retry_after.is_some()), "without Retry-After: {error}");
            }
        }
    }

    /// Has a change accepted.
    pub(crate) async fn try_accept(&self, door: usize, request: PasswordChangeRequest) -> Result<String, ClientError> {
        let began = Instant::now();
        let request = Arc::new(request);
        let send = |client: Arc<Client>| {
            let request = request.clone();
            async move { client.set_identity_password(&request).await }
        };
        let answer = self.ask(door, send).await?;
        self.accepted.fetch_add(1, Ordering::SeqCst);
        let mut seen = self.seen.lock().unwrap();
        seen.longest_acceptance = seen.longest_acceptance.max(began.elapsed());
        Ok(answer.request_id.unwrap())
    }

    /// The same; it must be accepted.
    pub(crate) async fn accept(&self, door: usize, request: PasswordChangeRequest) -> String {
        self.try_accept(door, request).await.unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) async fn info(&self, door: usize, user: &'static str, source: &'static str) -> PasswordInfo {
        let ask = |client: Arc<Client>| async move { client.query_password_info(&query(user, source)).await };
        self.ask(door, ask).await.unwrap()
    }

    /// Waits for the end of a change.
    pub(crate) async fn end_of(
        &self,
        door: usize,
        id: &str,
        within: Duration,
    ) -> Result<PasswordStatus, Box<ClientError>> {
        let wait = |client: Arc<Client>| async move { client.wait_for_password_change(id, within, |_| {}).await };
        self.ask(door, wait).await.map_err(Box::new)
    }
}

/// Whether the same call may succeed elsewhere or later.
fn is_passing(error: &ClientError) -> bool {
    match error {
        ClientError::Transport(_) => true,
        error => error.api().is_some_and(|api| api.status == 503),
    }
}
