//! Whole ways through a reset against a real database, with the hands of the person, of an attacker and of the help desk.

mod enrolment;
mod limits;
mod mailed;
mod passkeys;
mod resets;
mod same_answers;
mod third_party;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use passwright_domain::access::{ApiVersion, Caller, Level, Principal, ScopeSet};
use passwright_domain::delivery::{Channel, Fact};
use passwright_domain::digit_token::AttemptLimits;
use passwright_domain::directory::Identity;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::deliveries::{ClaimDeliveries, MAIL};
use passwright_storage::directory::identities;
use passwright_storage::settings::SetSetting;
use passwright_storage::{Options, Store, audit};
use passwright_vault::factors::{Of, TotpSeed};
use passwright_vault::secret::{Password, SecretText};

use super::*;
use crate::factors::{Factor, Shown};
use crate::setup::{Setup, SetupDocument};
use crate::{Clock, OsRng, Settings, SourceLimits};

const DOCUMENT: &str = r#"
[org_config]
digitTokenEnabled = true

[[password_policy]]
name = "Corporate"
minLength = 8
default = true

[[source]]
name = "Intranet"
connector = { kind = "htpasswd", path = "users" }

[[identity]]
alias = "Abby.Smith"
email = "abby@acme.test"
password_file = "password"

[[identity.account]]
source = "Intranet"
native_identity = "abby"

[[identity]]
alias = "Mallory"
email = "mallory@acme.test"
password_file = "password"

[[identity]]
alias = "Olga.Admin"
email = "olga@acme.test"
levels = ["ORG_ADMIN"]
password_file = "password"

[[identity]]
alias = "Gone"
email = "gone@acme.test"
disabled = true
"#;

/// Moved by hand, a second with each look otherwise.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1_000, Ordering::Relaxed))
    }
}

impl Hand {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_800_000_000_000_000)))
    }
}

struct Site {
    service: Arc<Service>,
    clock: Arc<Hand>,
    _folder: tempfile::TempDir,
}

impl Site {
    async fn new() -> Self {
        Self::with(Hand::new(), crate::OutboundSettings::default()).await
    }

    async fn with(clock: Arc<Hand>, outbound: crate::OutboundSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Options::new(format!("sqlite://{}", folder.path().join("db.sqlite3").display()));
        Store::migrate(&database).await.unwrap();
        let settings = Settings {
            database,
            root_key_file: folder.path().join("root.key"),
            epoch_key_file: folder.path().join("epoch.key"),
            public_url: "https://pw.acme.test".to_owned(),
            org: "acme".to_owned(),
            pod: "local".to_owned(),
            rsa_bits: 2048,
            shared_key_handle: false,
            digit_token_limits: AttemptLimits::default(),
            payload_budget: passwright_domain::budget::PayloadBudget::default(),
            worker_lanes: 1,
            source_limits: SourceLimits::default(),
            late_writes: crate::worker::LATE_WRITES,
            outbound,
            sessions: crate::sessions::SessionSettings::default(),
        };
        let service = Service::open_with(settings, clock.clone(), Arc::new(OsRng)).await.unwrap();
        std::fs::write(folder.path().join("password"), "Old-pass-1\n").unwrap();
        let document = DOCUMENT.replace("\"users\"", &format!("{:?}", folder.path().join("users")));
        let setup = Setup::resolve(SetupDocument::parse(&document).unwrap(), folder.path(), &|_| None).unwrap();
        service.apply(setup, false).await.unwrap();
        service.store.write(SetSetting { name: MAIL, value: "on".into(), now: Timestamp(0) }).await.unwrap();
        Self { service, clock, _folder: folder }
    }

    /// With mail and the help desk's digits as two halves, and own factors as wholes.
    async fn with_halves() -> Self {
        let site = Self::new().await;
        let settings = RecoverySettings {
            whole: vec![Method::Totp, Method::Passkey, Method::RecoveryCode],
            half: vec![Method::DigitToken, Method::MailedCode, Method::MailedLink],
            ..RecoverySettings::default()
        };
        site.service.put_recovery_settings(&site.caller("Olga.Admin").await, settings).await.unwrap();
        site
    }

    fn pass(&self, time: Duration) {
        self.clock.0.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::Relaxed);
    }

    async fn identity(&self, alias: &str) -> Identity {
        let mut reader = self.service.store.read().await.unwrap();
        identities::lookup_by_alias(&mut reader.tx(), alias).await.unwrap().unwrap()
    }

    /// The person, signed in.
    async fn caller(&self, alias: &str) -> Caller {
        let identity = self.identity(alias).await;
        Caller {
            principal: Principal::User {
                client_id: "pages".into(),
                identity_id: identity.id,
                alias: identity.alias,
                levels: identity.levels,
            },
            scopes: ScopeSet::all(),
            api_version: ApiVersion::Native,
            tracking_id: "t".into(),
        }
    }

    /// Enrols an authenticator and gives the app's seed, for codes.
    async fn enrol_totp(&self, alias: &str) -> App {
        let caller = self.caller(alias).await;
        self.service.start_totp(&caller).await.unwrap();
        let app = self.pending(alias).await;
        let code = app.code(&self.service);
        self.service.confirm_totp(&caller, code, None).await.unwrap().unwrap();
        // The code of this step is used up.
        self.pass(Duration::from_secs(60));
        app
    }

    /// What the person's app read from the QR code.
    async fn pending(&self, alias: &str) -> App {
        let identity = self.identity(alias).await;
        let now = self.service.clock.now();
        let mut reader = self.service.store.read().await.unwrap();
        let stored = passwright_storage::factors::lookup_pending_totp(&mut reader.tx(), &identity.id, now).await;
        let stored = stored.unwrap().unwrap();
        let seeds = &self.service.proofs.seeds;
        App(TotpSeed::open(seeds, identity.id.as_str(), &stored.id, &stored.sealed_seed).unwrap())
    }

    async fn recovery_codes(&self, alias: &str, shown: Option<Shown>) -> Vec<SecretText> {
        let caller = self.caller(alias).await;
        self.service.make_recovery_codes(&caller, shown).await.unwrap().unwrap().0
    }

    /// Digits that the help desk reads to a person.
    async fn digits(&self, alias: &str) -> SecretText {
        let help_desk =
            Caller { principal: Principal::ApiClient { client_id: "desk".into() }, ..self.caller("Olga.Admin").await };
        let request = crate::digit_tokens::DigitTokenRequest { user_id: Some(alias.into()), ..Default::default() };
        self.service.create_digit_token(&help_desk, request).await.unwrap().digits
    }

    /// The mails that wait, as recipient and fact, taken off the queue.
    async fn mails(&self) -> Vec<(String, Fact)> {
        let claim = ClaimDeliveries {
            channel: Channel::Mail,
            now: self.service.clock.now(),
            most: 100,
            lease: Duration::from_secs(3600),
        };
        let claimed = self.service.store.write(claim).await.unwrap();
        claimed.into_iter().map(|mail| (mail.recipient, mail.fact)).collect()
    }

    /// What the newest mailed code or link says, to whoever reads the mailbox of `alias`.
    async fn mailed(&self, alias: &str) -> SecretText {
        let to = self.identity(alias).await.id.to_string();
        let newest = self.mails().await.into_iter().rfind(|(recipient, _)| *recipient == to).unwrap().1;
        let Fact::ProofMailed { proof, method } = newest else { panic!("{newest:?}") };
        let of = if method == Method::MailedLink { Of::Link } else { Of::Code };
        let secret = self.service.proofs.mailed.secret(of, &proof);
        if of == Of::Link { SecretText::new(format!("{proof}.{}", secret.expose())) } else { secret }
    }

    async fn events(&self, event: &str) -> usize {
        let mut reader = self.service.store.read().await.unwrap();
        let all = audit::list(&mut reader.tx(), 0, 10_000).await.unwrap();
        all.into_iter().filter(|record| record.2 == event).count()
    }

    fn browser(&self, name: &str) -> Tab<'_> {
        Tab { service: &self.service, browser: Browser::new(&SecretText::new(name.to_owned()), &"t".into()) }
    }
}

/// An authenticator app.
struct App(TotpSeed);

impl App {
    fn code(&self, service: &Service) -> SecretText {
        self.0.code_at(service.clock.now())
    }
}

/// A browser that sends what its page of now says.
struct Tab<'a> {
    service: &'a Service,
    browser: Browser,
}

impl Tab<'_> {
    async fn step(&self) -> u32 {
        self.service.show_recovery(&self.browser).await.unwrap().at.map_or(0, |at| at.step)
    }

    async fn page(&self) -> Option<Page> {
        self.service.show_recovery(&self.browser).await.unwrap().at.map(|at| at.page)
    }

    async fn begin(&self, goal: Goal, name: &str) -> Told {
        self.service.begin_recovery(&self.browser, goal).await.unwrap();
        self.service.identify_recovery(&self.browser, self.step().await, name).await.unwrap()
    }

    async fn choose(&self, method: Method) -> Told {
        self.service.choose_proof(&self.browser, self.step().await, method).await.unwrap()
    }

    async fn answer(&self, text: &str) -> Told {
        let text = SecretText::new(text.to_owned());
        self.service.answer_proof(&self.browser, self.step().await, text).await.unwrap()
    }

    async fn reset(&self, password: &str) -> Reset {
        let wanted = NewPassword { account: None, password: Password::new(password.to_owned()) };
        self.service.reset_password(&self.browser, self.step().await, wanted).await.unwrap()
    }
}

fn page(told: &Told) -> &Page {
    &told.at.as_ref().unwrap().page
}
