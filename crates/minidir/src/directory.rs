//! What all connections share: the naming context, the service account, the users and the rules.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use anyhow::{Context, ensure};
use tokio::sync::{Mutex, MutexGuard};

use crate::dn::{self, Dn};
use crate::faults::Faults;
use crate::filetime::{self, NEVER};
use crate::hashing::Hasher;
use crate::settings::{PasswordPolicy, SeedUser, Settings};
use crate::store::Store;
use crate::user::{ACCOUNT_DISABLED, NORMAL_ACCOUNT, User};

/// Locks for writers of passwords; users share one by chance only.
const WRITE_LOCKS: usize = 256;

pub(crate) struct Directory {
    pub(crate) base: Dn,
    pub(crate) base_text: String,
    /// The domain's name in `user@domain`.
    pub(crate) dns_name: String,
    pub(crate) service: Dn,
    pub(crate) service_text: String,
    pub(crate) service_hash: String,
    /// The containers between the domain head and the users, as they were written, the head included.
    pub(crate) containers: BTreeMap<Dn, String>,
    pub(crate) policy: PasswordPolicy,
    pub(crate) hasher: Hasher,
    pub(crate) store: Store,
    pub(crate) faults: Faults,
    write_locks: Vec<Mutex<()>>,
}

impl Directory {
    /// Checks the settings, makes the users that are missing and hashes the service account's password.
    pub(crate) async fn open(settings: &Settings, store: Store) -> anyhow::Result<Self> {
        let base = Dn::parse(&settings.base_dn).filter(|base| !base.is_empty()).context("the base is not a name")?;
        let service = Dn::parse(&settings.service_dn).context("the service account is not a name")?;
        ensure!(service.is_within(&base) && service != base, "the service account must lie below the base");
        ensure!(!settings.service_password.is_empty(), "the service account has no password");
        ensure!(settings.policy.history <= 24, "a history of {} is above 24", settings.policy.history);
        let hasher = Hasher::new(settings.hash_cost)?;
        let service_hash = hasher.hash(settings.service_password.clone()).await?;
        let mut directory = Self {
            base,
            base_text: settings.base_dn.clone(),
            dns_name: dn::dns_name(&settings.base_dn),
            service,
            service_text: settings.service_dn.clone(),
            service_hash,
            containers: BTreeMap::new(),
            policy: settings.policy.clone(),
            hasher,
            store,
            faults: Faults::default(),
            write_locks: std::iter::repeat_with(|| Mutex::new(())).take(WRITE_LOCKS).collect(),
        };
        let seeds = settings.users.iter().map(|seed| directory.seed(seed));
        futures_util::future::try_join_all(seeds).await?;
        directory.containers = directory.find_containers()?;
        Ok(directory)
    }

    async fn seed(&self, seed: &SeedUser) -> anyhow::Result<()> {
        let dn = Dn::parse(&seed.dn).with_context(|| format!("{} is not a name", seed.dn))?;
        ensure!(dn.is_within(&self.base) && dn != self.base, "{} does not lie below the base", seed.dn);
        ensure!(dn != self.service, "{} is the service account", seed.dn);
        ensure!(
            dn::first_part(&seed.dn).is_some_and(|(name, _)| name.eq_ignore_ascii_case("cn")),
            "{} does not start with CN=",
            seed.dn
        );
        ensure!(!seed.sam_account_name.is_empty(), "{} has no account name", seed.dn);
        if self.store.lookup(&dn).is_some() {
            return Ok(());
        }
        let user = User {
            dn: seed.dn.clone(),
            guid: uuid::Uuid::new_v4(),
            sam_account_name: seed.sam_account_name.clone(),
            user_principal_name: seed
                .user_principal_name
                .clone()
                .unwrap_or_else(|| format!("{}@{}", seed.sam_account_name.to_lowercase(), self.dns_name)),
            display_name: seed.display_name.clone(),
            mail: seed.mail.clone(),
            given_name: seed.given_name.clone(),
            sn: seed.sn.clone(),
            account_control: if seed.enabled { NORMAL_ACCOUNT } else { NORMAL_ACCOUNT | ACCOUNT_DISABLED },
            account_expires: NEVER,
            pwd_last_set: filetime::now(),
            lockout_time: 0,
            bad_pwd_count: 0,
            bad_password_time: 0,
            hash: self.hasher.hash(seed.password.clone()).await?,
            history: Vec::new(),
        };
        self.store.put(dn, user).await
    }

    /// Every name above a user down from the base. Users that lie outside were stored under another base.
    fn find_containers(&self) -> anyhow::Result<BTreeMap<Dn, String>> {
        let mut containers = BTreeMap::from([(self.base.clone(), self.base_text.clone())]);
        let mut names = self.store.read(|users| users.values().map(|user| user.dn.clone()).collect::<Vec<_>>());
        names.push(self.service_text.clone());
        for name in &names {
            ensure!(
                Dn::parse(name).is_some_and(|dn| dn.is_within(&self.base)),
                "{name} is stored but does not lie below {}",
                self.base_text
            );
            let mut rest = dn::parent_text(name);
            while let Some(text) = rest {
                let dn = Dn::parse(text).with_context(|| format!("{text} is not a name"))?;
                if dn == self.base {
                    break;
                }
                containers.entry(dn).or_insert_with(|| text.to_owned());
                rest = dn::parent_text(text);
            }
        }
        Ok(containers)
    }

    /// Held from the check of the old password to the write, so that of two changes from the same password one fails.
    pub(crate) async fn lock_for_write(&self, dn: &Dn) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        dn.hash(&mut hasher);
        let at = usize::try_from(hasher.finish()).unwrap_or_default() % WRITE_LOCKS;
        #[expect(clippy::indexing_slicing, reason = "the remainder is below the length")]
        self.write_locks[at].lock().await
    }
}
