//! Removing what is kept for a time only.

use passwright_domain::budget::DAY;
use passwright_storage::budgets::ForgetCounted;
use passwright_storage::recovery::ForgetRecovery;

use crate::{Error, Service};

impl Service {
    /// Removes failures and guesses that no budget counts any more, and what resets left.
    pub(super) async fn forget_counted(&self) -> Result<(), Error> {
        let now = self.clock.now();
        self.store.write(ForgetCounted { before: now - DAY }).await?;
        self.store.write(ForgetRecovery { now, attempts_before: now - DAY }).await?;
        Ok(())
    }
}
