//! The service as the worker's world.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use passwright_connectors::{Fault, FaultClass};
use passwright_domain::budget::{KeyWear, PayloadBudget};
use passwright_domain::change::{Lane, OpenTarget, PayloadKind};
use passwright_domain::directory::Account;
use passwright_domain::ids::SourceId;
use passwright_domain::policy::{PolicyContext, evaluate};
use passwright_storage::Store;
use passwright_storage::budgets::WornKey;
use passwright_storage::directory::{accounts, identities};
use passwright_vault::secret::Password;
use tokio::sync::Notify;

use super::Breakers;
use super::built_in::BuiltIn;
use super::payload;
use super::world::{Case, Opened, World};
use crate::alerts::Alert;
use crate::{Clock, Error, Rng, Service, Target};

impl World for Service {
    type Queue = Store;

    fn queue(&self) -> &Store {
        &self.store
    }

    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    fn rng(&self) -> &dyn Rng {
        &*self.rng
    }

    fn work_waiting(&self) -> &Notify {
        &self.work_waiting
    }

    fn lanes(&self) -> usize {
        self.settings.worker_lanes
    }

    fn lanes_per_source(&self) -> usize {
        self.settings.source_limits.lanes
    }

    fn breakers(&self) -> &Breakers {
        &self.breakers
    }

    fn late_writes(&self) -> Duration {
        self.settings.late_writes
    }

    fn payload_budget(&self) -> PayloadBudget {
        self.settings.payload_budget
    }

    async fn key_worn(&self, worn: WornKey) {
        let (alert, what) = match worn.wear {
            KeyWear::Alarm => (Alert::RsaKeyAlarm, "many payload failures under one RSA key"),
            KeyWear::Retired => (Alert::RsaKeyRetired, "an RSA key is retired for the payload failures under it"),
        };
        self.alerts.count(alert);
        tracing::warn!(rsa_key.id = %worn.id, failures = worn.failures, "{what}");
        if worn.wear == KeyWear::Retired
            && let Err(error) = self.refresh_keys().await
        {
            tracing::error!(error = %error, "the keys could not be refreshed");
        }
    }

    fn order_base(&self) -> i64 {
        self.order_base.load(Ordering::Relaxed)
    }

    async fn look_up(&self, lane: &Lane, target: &OpenTarget) -> Result<Case, Error> {
        if let PayloadKind::Rsa(key) = &target.payload.kind {
            self.meet_rsa_key(key).await?;
        }
        let catalog = self.catalog().await?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let gone = |what: &str| Error::Internal(format!("the {what} of an open change is gone"));
        let identity = identities::lookup(&mut tx, &target.identity_id).await?.ok_or_else(|| gone("identity"))?;
        let own = accounts::of_identity(&mut tx, &identity.id).await?;
        let find = |id| own.iter().find(|a| a.id == id).cloned();
        let account = find(lane.account_id.clone()).ok_or_else(|| gone("account"))?;
        let named = find(target.named_account_id.clone()).ok_or_else(|| gone("named account"))?;
        let accounts = own
            .into_iter()
            .filter(|a| target.source_ids.contains(&a.source_id))
            .map(|a| {
                let name = catalog.source(&a.source_id).map(|s| s.source.name.clone()).unwrap_or_default();
                (a, name)
            })
            .collect();
        Ok(Case { account, named, identity, accounts })
    }

    fn open(&self, target: &OpenTarget, case: &Case) -> Opened {
        payload::open(self, target, &case.named)
    }

    async fn broken_rules(&self, case: &Case, password: &Password) -> Result<Vec<String>, Error> {
        let catalog = self.catalog().await?;
        let mut broken: Vec<String> = Vec::new();
        for (account, _) in &case.accounts {
            let Some(source) = catalog.source(&account.source_id) else { continue };
            let Some(policy) = catalog.policy_for(source, &case.identity) else { continue };
            let facts = PolicyContext::of_account(&case.identity, account);
            for violation in evaluate(&[policy], &facts, catalog.dictionary.as_ref(), password.expose()) {
                if !broken.contains(&violation.message) {
                    broken.push(violation.message);
                }
            }
        }
        Ok(broken)
    }

    async fn stopped(&self, source: &SourceId) -> Option<(Duration, String)> {
        Service::stopped(self, source).await
    }

    async fn is_resting(&self, source: &SourceId) -> Option<bool> {
        Service::is_resting(self, source).await
    }

    async fn stop_source(&self, source: &SourceId, fault: &Fault) {
        Service::stop_source(self, source, fault).await;
    }

    async fn system(&self, account: &Account) -> Result<Arc<dyn Target>, Fault> {
        let unavailable =
            |e: Error| Fault::new(FaultClass::Transient, "the service's own database does not answer", e.to_string());
        let catalog = self.catalog().await.map_err(unavailable)?;
        match catalog.source(&account.source_id) {
            Some(source) => {
                Ok(source.target()?.unwrap_or_else(|| Arc::new(BuiltIn::new(&self.store, self.clock.clone()))))
            }
            None => Err(Fault::new(FaultClass::Permanent, "the system is no longer connected", "no such source")),
        }
    }
}
