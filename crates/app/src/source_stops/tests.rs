//! Stops against a real database; the source is a password file, whose "sign-in" works as soon as the file is there.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use passwright_domain::digit_token::AttemptLimits;
use passwright_storage::{Options, Store};

use super::*;
use crate::setup::{Setup, SetupDocument};
use crate::{Clock, OsRng, Settings, SourceLimits};

/// Moved by hand, so that the catalog is looked at again.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(2_000_000, Ordering::Relaxed))
    }
}

struct Site {
    folder: tempfile::TempDir,
    service: Arc<Service>,
}

impl Site {
    async fn new(credential_pause: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Options::new(format!("sqlite://{}", folder.path().join("db.sqlite3").display()));
        Store::migrate(&database).await.unwrap();
        let settings = Settings {
            database,
            root_key_file: folder.path().join("root.key"),
            epoch_key_file: folder.path().join("epoch.key"),
            public_url: "http://127.0.0.1".to_owned(),
            org: "acme".to_owned(),
            pod: "local".to_owned(),
            rsa_bits: 2048,
            shared_key_handle: false,
            digit_token_limits: AttemptLimits::default(),
            payload_budget: passwright_domain::budget::PayloadBudget::default(),
            worker_lanes: 1,
            source_limits: SourceLimits { credential_pause, ..SourceLimits::default() },
            late_writes: crate::worker::LATE_WRITES,
            outbound: crate::OutboundSettings::default(),
            sessions: crate::sessions::SessionSettings::default(),
        };
        let clock = Arc::new(Hand(AtomicI64::new(1_800_000_000_000_000)));
        let site = Self { service: Service::open_with(settings, clock, Arc::new(OsRng)).await.unwrap(), folder };
        site.apply("users").await;
        site
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn apply(&self, file: &str) {
        let text = format!(
            "[[source]]\nname = \"Wiki\"\nconnector = {{ kind = \"htpasswd\", path = {:?} }}\n",
            self.file(file)
        );
        let setup = Setup::resolve(SetupDocument::parse(&text).unwrap(), self.folder.path(), &|_| None).unwrap();
        self.service.apply(setup, false).await.unwrap();
    }

    async fn id(&self) -> SourceId {
        self.service.catalog().await.unwrap().source_named("Wiki").unwrap().source.id.clone()
    }

    async fn stop(&self) {
        let fault = Fault::new(FaultClass::Configuration, "the source refused the service account", "test");
        self.service.stop_source(&self.id().await, &fault.stopping_source()).await;
    }

    async fn is_stopped(&self) -> bool {
        self.service.catalog().await.unwrap().source_named("Wiki").unwrap().stopped.is_some()
    }
}

#[tokio::test]
async fn a_stopped_source_gives_no_connector_until_its_settings_change() {
    let site = Site::new(Duration::from_secs(1800)).await;
    assert!(site.service.stopped(&site.id().await).await.is_none());
    site.stop().await;
    assert!(site.is_stopped().await);
    let catalog = site.service.catalog().await.unwrap();
    let fault = catalog.source_named("Wiki").unwrap().target().err().unwrap();
    assert_eq!(fault.reason, "the source refused the service account");
    assert!(!fault.stops_source && fault.detail.contains("not tried again"), "{fault}");
    let (wait, reason) = site.service.stopped(&site.id().await).await.unwrap();
    assert_eq!((wait, reason.as_str()), (LOOK, "the source refused the service account"));
    assert_eq!(site.service.held_sources().await.unwrap(), (1, 0));
    site.apply("users").await;
    assert!(site.is_stopped().await, "the same settings");
    site.apply("others").await;
    assert!(!site.is_stopped().await, "other settings");
    site.apply("users").await;
    assert!(site.is_stopped().await, "and back again");
}

#[tokio::test]
async fn a_probe_that_meets_no_refusal_comes_again_soon_and_one_that_succeeds_lets_the_source_go_on() {
    let site = Site::new(Duration::ZERO).await;
    site.stop().await;
    // The file is not there: the probe learns nothing of the service account.
    assert_eq!(site.service.stopped(&site.id().await).await.unwrap().0, SOON);
    assert!(site.is_stopped().await);
    std::fs::write(site.file("users"), "abby:x\n").unwrap();
    let (wait, _) = site.service.stopped(&site.id().await).await.unwrap();
    assert!(wait > Duration::from_secs(2) && site.is_stopped().await, "not before its time");
    assert_eq!(site.service.resume_source("wiki").await.unwrap(), Ok(()));
    assert!(!site.is_stopped().await);
    assert!(matches!(site.service.resume_source("Wiki").await, Err(Error::NotFound)));

    site.stop().await;
    assert_eq!(site.service.stopped(&site.id().await).await.unwrap().0, Duration::from_secs(2), "the probe succeeds");
    assert!(!site.is_stopped().await);
    assert!(site.service.stopped(&site.id().await).await.is_none());
}
