//! Lists of changes over all identities, by their ids.

use passwright_domain::change::{PasswordChangeKey, PasswordChanges};
use passwright_domain::collection::Collection;
use passwright_domain::ids::PasswordChangeId;

use crate::collection::{self, Column, Listed};
use crate::rows::id;
use crate::{StorageError, Tx};

statements! {
    SELECT = "SELECT password_change.id FROM password_change";
    COUNT = "SELECT COUNT(*) FROM password_change";
}

impl Listed for PasswordChanges {
    type Row = (String,);

    const SELECT: &'static str = SELECT;
    const COUNT: &'static str = COUNT;
    const ID: Column = Column::PasswordChangeId;

    fn column(key: PasswordChangeKey) -> Column {
        match key {
            PasswordChangeKey::Id => Column::PasswordChangeId,
            PasswordChangeKey::Type => Column::ActivityType,
            PasswordChangeKey::Actor => Column::PasswordChangeActor,
            PasswordChangeKey::IdentityId => Column::PasswordChangeIdentityId,
            PasswordChangeKey::Created => Column::PasswordChangeCreated,
        }
    }
}

/// The ids of a part of the changes, and how many match when that was asked for.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    tx: &mut Tx<'_>,
    wanted: &Collection<PasswordChanges>,
) -> Result<(Vec<PasswordChangeId>, Option<u64>), StorageError> {
    let (rows, total) = collection::list(tx, wanted).await?;
    let ids = rows.into_iter().map(|(key,)| id("password_change", &key)).collect::<Result<_, _>>()?;
    Ok((ids, total))
}
