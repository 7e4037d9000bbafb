//! Removing what is kept for a time only.

use passwright_domain::budget::DAY;
use passwright_storage::budgets::ForgetCounted;
use passwright_storage::recovery::ForgetRecovery;
use passwright_storage::sign_in_failures::ForgetSignInAttempts;

use crate::{Error, Service};

impl Service {
    /// Removes failures, guesses and sign-ins that count no more, and what resets left.
    pub(super) async fn forget_counted(&self) -> Result<(), Error> {
        let now = self.clock.now();
        self.store.write(ForgetCounted { before: now - DAY }).await?;
        self.store.write(ForgetSignInAttempts { now }).await?;
        self.store.write(ForgetRecovery { now, attempts_before: now - DAY }).await?;
        Ok(())
    }
}
