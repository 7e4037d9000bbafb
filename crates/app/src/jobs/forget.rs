//! Removing what is kept for a time only.

use passwright_domain::budget::DAY;
use passwright_storage::budgets::ForgetCounted;
use passwright_storage::sign_in_failures::ForgetSignInAttempts;

use crate::{Error, Service};

impl Service {
    /// Removes failures, guesses and sign-ins that count no more.
    pub(super) async fn forget_counted(&self) -> Result<(), Error> {
        self.store.write(ForgetCounted { before: self.clock.now() - DAY }).await?;
        self.store.write(ForgetSignInAttempts { now: self.clock.now() }).await?;
        Ok(())
    }
}
