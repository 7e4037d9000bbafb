//! What becomes of one account that was read.

use passwright_domain::aggregation::{AccountFacts, Found, Owner, owner};
use passwright_domain::directory::{Account, Identity, IdentityStatus};
use passwright_domain::ids::{AccountId, IdentityId};
use passwright_storage::aggregations::accounts::{self, KnownAccount};
use passwright_storage::directory::{accounts as owned_accounts, identities};
use passwright_storage::{StorageError, Tx};

use super::keep_page::{KeepPage, Kept};
use super::people::fits;
use super::shape::Taken;

/// Bytes for the ids of what an account may bring: itself, its identity, and the sign-in of that one.
pub(super) type Fresh = [[u8; 16]; 3];

/// The account that is meant.
enum Meant {
    New,
    Known(KnownAccount),
    /// Another object stands under the name of this one, which is gone.
    Replaced(KnownAccount),
}

impl KeepPage {
    pub(super) async fn take(
        &self,
        tx: &mut Tx<'_>,
        (account, found, fresh): &(Taken, Found, Fresh),
        kept: &mut Kept,
    ) -> Result<(), StorageError> {
        let meant = self.meant(tx, account).await?;
        let before = match &meant {
            Meant::New => None,
            Meant::Known(known) | Meant::Replaced(known) => Some(known),
        };
        let replaced = matches!(meant, Meant::Replaced(_));
        let is_changing = match before {
            // Asked only where it counts.
            Some(known) if replaced || !self.run.optimized => accounts::is_changing(tx, &known.id).await?,
            _ => false,
        };
        if let Some(known) = before
            && replaced
            && is_changing
        {
            // Its password change ends first; the next aggregation sees to the rest.
            return accounts::mark(tx, &known.id, &self.run.id).await;
        }
        let mut new = merged(account, before, &fresh[0]);
        if replaced {
            (new.identity_id, new.manually_correlated) = (None, false);
        }
        let differs = before.is_none_or(|known| !same(known, &new));
        let anew = !self.run.optimized && !is_changing;
        let found = self.confirmed(tx, account, found).await?;
        if let Owner::Becomes(identity) = owner(new.identity_id.as_ref(), new.manually_correlated, found.clone(), anew)
        {
            new.identity_id = Some(identity);
        }
        if differs || new.identity_id.is_none() || !self.run.optimized {
            self.authoritative(tx, account, &mut new, &found, fresh, kept).await?;
        }
        kept.counts.read += 1;
        kept.counts.uncorrelated += u64::from(new.identity_id.is_none());
        match before {
            None => {
                kept.counts.created += 1;
                accounts::insert(tx, &self.run.source_id, &new, &self.run.id, self.now).await?;
            }
            Some(known) if same(known, &new) => return accounts::mark(tx, &new.id, &self.run.id).await,
            Some(_) => {
                kept.counts.changed += 1;
                accounts::update(tx, &new, &self.run.id, self.now).await?;
            }
        }
        let owned_before = before.and_then(|known| known.identity_id.as_ref());
        if new.identity_id.as_ref() != owned_before {
            let to = new.identity_id.as_ref().map_or_else(|| "nobody".to_owned(), |id| format!("identity:{id}"));
            kept.note(tx, self, "ACCOUNT_CORRELATED", format!("account:{}", new.id), &to).await?;
        }
        Ok(())
    }

    async fn meant(&self, tx: &mut Tx<'_>, account: &Taken) -> Result<Meant, StorageError> {
        let source = &self.run.source_id;
        let mut named = accounts::by_key(tx, source, &account.native_key).await?;
        if named.is_none() {
            // Made by hand since the keys were given.
            named = accounts::by_native(tx, source, &account.native_identity).await?;
        }
        let is_other = |known: &KnownAccount| match (&known.uuid, &account.uuid) {
            (Some(known), Some(read)) => known != read,
            _ => false,
        };
        let by_uuid = match (&named, &account.uuid) {
            (Some(known), _) if !is_other(known) => None,
            (_, Some(uuid)) => accounts::by_uuid(tx, source, uuid).await?,
            (_, None) => None,
        };
        Ok(match (named, by_uuid) {
            (None, None) => Meant::New,
            (None, Some(renamed)) => Meant::Known(renamed),
            (Some(other), Some(renamed)) => {
                accounts::vacate(tx, &other.id).await?;
                Meant::Known(renamed)
            }
            (Some(known), None) if is_other(&known) => Meant::Replaced(known),
            (Some(known), None) => Meant::Known(known),
        })
    }

    /// Looks at the identity that was found, as it is now.
    async fn confirmed(&self, tx: &mut Tx<'_>, account: &Taken, found: &Found) -> Result<Found, StorageError> {
        let Found::One(id) = found else { return Ok(found.clone()) };
        let identity = identities::lookup(tx, id).await?;
        let is_so = identity.is_some_and(|identity| fits(&self.settings.correlation, facts(account), &identity));
        Ok(if is_so { found.clone() } else { Found::Nobody })
    }

    /// What the account of an authoritative source says of its identity, which is made where there is none.
    async fn authoritative(
        &self,
        tx: &mut Tx<'_>,
        account: &Taken,
        new: &mut KnownAccount,
        found: &Found,
        fresh: &Fresh,
        kept: &mut Kept,
    ) -> Result<(), StorageError> {
        let Some(mapping) = self.settings.identity.as_ref().filter(|_| self.authoritative) else { return Ok(()) };
        let Some(mapped) = mapping.read(facts(account)) else { return Ok(()) };
        let known = match &new.identity_id {
            Some(id) => identities::lookup(tx, id).await?,
            None if *found == Found::Several => return Ok(()),
            None => identities::lookup_by_alias(tx, &mapped.alias).await?,
        };
        let Some(old) = known else {
            let blank = Identity {
                id: IdentityId::from_random(fresh[1]),
                alias: mapped.alias.clone(),
                name: mapped.alias.clone(),
                email: None,
                status: IdentityStatus::Active,
                levels: std::collections::BTreeSet::new(),
                attributes: std::collections::BTreeMap::new(),
            };
            let made = mapped.changed(&blank).unwrap_or(blank);
            identities::upsert(tx, &made, self.now).await?;
            self.sign_in_account(tx, &made, fresh).await?;
            kept.note(tx, self, "IDENTITY_CREATED", format!("identity:{}", made.id), &made.alias).await?;
            kept.counts.identities_created += 1;
            new.identity_id = Some(made.id.clone());
            kept.made.push(made);
            return Ok(());
        };
        new.identity_id = Some(old.id.clone());
        if let Some(changed) = mapped.changed(&old) {
            identities::upsert(tx, &changed, self.now).await?;
            kept.note(tx, self, "IDENTITY_UPDATED", format!("identity:{}", changed.id), &changed.alias).await?;
            kept.counts.identities_changed += 1;
            kept.made.push(changed);
        }
        Ok(())
    }

    /// The account that stands for the sign-in password, as every identity has one.
    async fn sign_in_account(&self, tx: &mut Tx<'_>, identity: &Identity, fresh: &Fresh) -> Result<(), StorageError> {
        let Some(source_id) = self.built_in.clone() else { return Ok(()) };
        let account = Account {
            id: AccountId::from_random(fresh[2]),
            identity_id: identity.id.clone(),
            source_id,
            native_identity: identity.id.to_string(),
            name: identity.alias.clone(),
            attributes: std::collections::BTreeMap::new(),
        };
        owned_accounts::upsert(tx, &account, self.now).await
    }
}

pub(super) fn facts(account: &Taken) -> AccountFacts<'_> {
    AccountFacts { native_identity: &account.native_identity, name: &account.name, attributes: &account.attributes }
}

/// What is known and what was read; a state that the source does not tell stays.
fn merged(read: &Taken, known: Option<&KnownAccount>, fresh: &[u8; 16]) -> KnownAccount {
    KnownAccount {
        id: known.map_or_else(|| AccountId::from_random(*fresh), |known| known.id.clone()),
        identity_id: known.and_then(|known| known.identity_id.clone()),
        native_identity: read.native_identity.clone(),
        native_key: Some(read.native_key.clone()),
        uuid: read.uuid.clone().or_else(|| known.and_then(|known| known.uuid.clone())),
        name: read.name.clone(),
        attributes: read.attributes.clone(),
        disabled: read.disabled.unwrap_or_else(|| known.is_some_and(|known| known.disabled)),
        locked: read.locked.unwrap_or_else(|| known.is_some_and(|known| known.locked)),
        manually_correlated: known.is_some_and(|known| known.manually_correlated),
        removed: false,
    }
}

/// Whether nothing is to be written but that it was seen.
fn same(known: &KnownAccount, new: &KnownAccount) -> bool {
    known == new
}
