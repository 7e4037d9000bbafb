//! Every node of one database needs the same epoch keys, or it could not open what another accepted. The database holds
//! a value that shows it without giving a key away; a node whose file is of another chain does not start.

use std::path::Path;

use passwright_domain::timestamp::Timestamp;
use passwright_storage::Store;
use passwright_storage::settings::{EPOCH_CHECK, ReplaceSetting, lookup};
use passwright_vault::epoch::{EpochKeys, RETENTION, epoch_of};

use crate::service::Settings;
use crate::{Error, Service};

/// The stored value: the epoch it is of, and what its key gives.
struct Check {
    epoch: i64,
    value: String,
}

impl Check {
    /// Of the day of `now`.
    fn of(keys: &EpochKeys, now: Timestamp) -> Result<Self, Error> {
        let (epoch, _) = keys.current(now);
        let value = keys.check_value(epoch).ok_or_else(|| Error::Internal("today's epoch key is gone".to_owned()))?;
        Ok(Self { epoch, value })
    }

    fn parse(text: &str) -> Option<Self> {
        let (epoch, value) = text.split_once(' ')?;
        Some(Self { epoch: epoch.parse().ok()?, value: value.to_owned() })
    }

    fn text(&self) -> String {
        format!("{} {}", self.epoch, self.value)
    }
}

/// What is to be done about the stored value.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Keep,
    /// It is of an earlier day, and the keys here are the same chain or its key is destroyed everywhere.
    Renew,
    /// The keys here are others.
    Foreign,
}

fn compare(stored: &Check, own: &Check, own_then: Option<&str>) -> Verdict {
    match own_then {
        Some(then) if then != stored.value => Verdict::Foreign,
        _ if stored.epoch < own.epoch => Verdict::Renew,
        _ => Verdict::Keep,
    }
}

async fn stored(store: &Store) -> Result<Option<String>, Error> {
    let mut reader = store.read().await?;
    Ok(lookup(&mut reader.tx(), EPOCH_CHECK).await?)
}

fn foreign(file: &Path, what: &str) -> Error {
    Error::Internal(format!(
        "epoch keys: {} {what}: copy the file from a node of this database, or, when no node has it any more, run \
         adopt-epoch-keys",
        file.display()
    ))
}

/// Makes sure that a new epoch key file may be made: nothing was sealed under the keys of another that would still open.
///
/// # Errors
/// When the database knows another node's keys.
pub(crate) async fn require_none(store: &Store, file: &Path, now: Timestamp) -> Result<(), Error> {
    let check = stored(store).await?.as_deref().and_then(Check::parse);
    match check {
        Some(check) if check.epoch >= epoch_of(now - RETENTION) => Err(foreign(file, "is missing")),
        _ => Ok(()),
    }
}

/// Makes the keys of this node's file those of the database, whatever was there before. Changes that wait under other keys
/// cannot be opened any more and end as failed. No node may run meanwhile.
///
/// # Errors
/// When the database does not answer or the file cannot be read or made.
pub async fn adopt_epoch_keys(settings: &Settings, now: Timestamp) -> Result<(), Error> {
    let keys = EpochKeys::open_or_create(&settings.epoch_key_file, now)
        .map_err(|fault| Error::Internal(format!("epoch keys: {fault}")))?;
    let store = Store::open(&settings.database).await?;
    let after = Check::of(&keys, now)?.text();
    loop {
        let before = stored(&store).await?;
        if store.write(ReplaceSetting { name: EPOCH_CHECK, before, after: after.clone(), now }).await? {
            return Ok(());
        }
    }
}

impl Service {
    /// Compares this node's epoch keys with those of the database; the first node's become the database's.
    ///
    /// # Errors
    /// When they differ, or the database does not answer.
    pub(crate) async fn compare_epoch_keys(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let own = Check::of(&self.epochs, now)?;
        loop {
            let before = stored(&self.store).await?;
            if let Some(check) = before.as_deref().and_then(Check::parse) {
                let then = self.epochs.check_value(check.epoch);
                match compare(&check, &own, then.as_deref()) {
                    Verdict::Keep => return Ok(()),
                    Verdict::Renew => {}
                    Verdict::Foreign => {
                        return Err(foreign(&self.settings.epoch_key_file, "does not hold the keys of this database"));
                    }
                }
            }
            // Another node may be quicker; then its value is compared.
            let replace = ReplaceSetting { name: EPOCH_CHECK, before, after: own.text(), now };
            if self.store.write(replace).await? {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let check = |epoch, value: &str| Check { epoch, value: value.to_owned() };
        let own = check(20, "own");
        // Stored, what this node's key of that epoch gives.
        for (stored, then, verdict) in [
            (check(20, "own"), Some("own"), Verdict::Keep),
            (check(20, "other"), Some("own"), Verdict::Foreign),
            (check(19, "before"), Some("before"), Verdict::Renew),
            (check(19, "other"), Some("before"), Verdict::Foreign),
            // A node whose clock is ahead was there first.
            (check(21, "after"), Some("after"), Verdict::Keep),
            (check(21, "other"), Some("after"), Verdict::Foreign),
            // Destroyed here.
            (check(9, "long ago"), None, Verdict::Renew),
        ] {
            assert_eq!(compare(&stored, &own, then), verdict, "{}", stored.text());
        }
        let text = check(-3, "0f").text();
        assert_eq!(Check::parse(&text).map(|check| check.text()), Some(text));
        assert!(Check::parse("").is_none() && Check::parse("x y").is_none());
    }
}
