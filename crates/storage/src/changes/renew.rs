//! Keeping a lane while its attempt goes on.

use std::time::Duration;

use passwright_domain::ids::AccountId;
use passwright_domain::timestamp::Timestamp;

use crate::{StorageError, Tx, Write};

statements! {
    // A lease that ran out is not taken up again: somebody else may have looked at the account since.
    RENEW = "UPDATE account SET lease_until = $3 WHERE id = $1 AND fence = $2 AND lease_until > $4";
}

/// Makes the lease of a held lane end `lease` from now. Fails with [`StorageError::LeaseLost`] when it is over.
pub struct RenewLane {
    pub account_id: AccountId,
    pub fence: i64,
    pub now: Timestamp,
    pub lease: Duration,
}

impl Write for RenewLane {
    type Output = ();
    const SYNCED: bool = false;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        let now = tx.now(self.now).await?;
        renew(tx, &self.account_id, self.fence, now, self.lease).await
    }
}

/// `now` is of the queue's clock.
pub(super) async fn renew(
    tx: &mut Tx<'_>,
    account: &AccountId,
    fence: i64,
    now: Timestamp,
    lease: Duration,
) -> Result<(), StorageError> {
    if execute!(tx, RENEW, account.as_str(), fence, (now + lease).0, now.0)? == 1 {
        Ok(())
    } else {
        Err(StorageError::LeaseLost)
    }
}
