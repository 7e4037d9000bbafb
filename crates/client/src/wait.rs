//! Waits for the final state of a password change.

use std::time::Duration;

use passwright_wire::{PasswordChangeState, PasswordStatus};
use tokio::time::Instant;

use crate::client::Client;
use crate::error::ClientError;

/// Pause after the first question.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest pause. A change that waits for an unreachable system may take hours; its waiters should cost little.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The pause after this one: half as long again, up to [`LONGEST_PAUSE`].
fn longer(pause: Duration) -> Duration {
    (pause * 3 / 2).min(LONGEST_PAUSE)
}

impl Client {
    /// Asks for the state of a password change until it is `FINISHED` or `FAILED`, at most for `within`.
    ///
    /// `on_state` is called with every answer. A `FAILED` change is an `Ok` of this call: its reasons are in
    /// [`PasswordStatus::errors`]. Between questions it waits 100 ms at first and 5 s at last. A server that does not
    /// answer, or answers 429 or 5xx, is asked again. The first question is asked in any case and is bounded by the
    /// client's own timeout only.
    ///
    /// # Errors
    /// [`ClientError::StillInProgress`] when the time is over: the change goes on, and the call may be repeated. Any
    /// other error at once, or, if it is transient, when the time is over.
    pub async fn wait_for_password_change(
        &self,
        id: &str,
        within: Duration,
        mut on_state: impl FnMut(&PasswordStatus),
    ) -> Result<PasswordStatus, ClientError> {
        // Beyond what the clock can count there is no deadline.
        let deadline = Instant::now().checked_add(within);
        let mut pause = FIRST_PAUSE;
        let mut outcome = None;
        loop {
            let question = self.get_identity_password_change_status(id);
            let answer = match (deadline, outcome.take()) {
                (Some(deadline), Some(last)) => match tokio::time::timeout_at(deadline, question).await {
                    Ok(answer) => answer,
                    Err(_) => return Err(last),
                },
                _ => question.await,
            };
            let so_far = match answer {
                Ok(status) => {
                    on_state(&status);
                    if status.state != PasswordChangeState::InProgress {
                        return Ok(status);
                    }
                    ClientError::StillInProgress(Box::new(status))
                }
                Err(error) if error.is_transient() => error,
                Err(error) => return Err(error),
            };
            let asked = so_far.api().and_then(|error| error.retry_after).unwrap_or_default();
            let wake = Instant::now() + pause.max(asked.min(LONGEST_PAUSE));
            if deadline.is_some_and(|deadline| wake > deadline) {
                return Err(so_far);
            }
            outcome = Some(so_far);
            tokio::time::sleep_until(wake).await;
            pause = longer(pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_bound() {
        let mut pause = FIRST_PAUSE;
        let mut pauses = 0;
        while pause < LONGEST_PAUSE {
            assert!(longer(pause) > pause);
            pause = longer(pause);
            pauses += 1;
        }
        assert_eq!((pause, pauses), (LONGEST_PAUSE, 10));
    }
}
