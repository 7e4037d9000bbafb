//! Removing what is kept for a time only.

use passwright_domain::budget::DAY;
use passwright_storage::budgets::ForgetCounted;

use crate::{Error, Service};

impl Service {
    /// Removes failures and guesses that no budget counts any more.
    pub(super) async fn forget_counted(&self) -> Result<(), Error> {
        self.store.write(ForgetCounted { before: self.clock.now() - DAY }).await?;
        Ok(())
    }
}
