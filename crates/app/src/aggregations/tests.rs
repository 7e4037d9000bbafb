//! Aggregations against a real database, of files and of a password file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use passwright_domain::access::{ApiVersion, Caller, Level, Principal, ScopeSet};
use passwright_domain::budget::PayloadBudget;
use passwright_domain::collection::Request;
use passwright_domain::digit_token::AttemptLimits;
use passwright_domain::directory::Identity;
use passwright_domain::ids::IdentityId;
use passwright_storage::directory::{accounts, identities};
use passwright_storage::{Options, Store, audit};

use super::{Aggregation, AggregationQuery, AggregationState, LoadAccounts};
use crate::accounts::ListedAccount;
use crate::setup::{Setup, SetupDocument};
use crate::{Error, PatchOperation, Service, Settings};

const DOCUMENT: &str = r#"
[[source]]
name = "Web"
connector = { kind = "htpasswd", path = "FOLDER/web" }

[[source]]
name = "Staff"
connector = { kind = "csv" }
authoritative = true
[source.schema]
identity = "number"
display = "cn"
attributes = ["number", "cn", "login", "mail", "ou", "groups"]
multi = ["groups"]
[source.aggregation]
removal_limit = 40
identity = { alias = "login", name = "cn", email = "mail", attributes = { department = "ou" } }

[[source]]
name = "Shop"
connector = { kind = "csv" }
[source.aggregation]
correlation = [{ account = "id", identity = "badge", case_sensitive = true }, { account = "mail", identity = "email" }]

[[identity]]
alias = "Abby"
email = "Abby@acme.com"
attributes = { badge = "B1" }
[[identity.account]]
source = "Web"
native_identity = "abby"

[[identity]]
alias = "Bob"
email = "bob@acme.com"

[[identity]]
alias = "Robert"
email = "BOB@acme.com"
"#;

struct Site {
    folder: tempfile::TempDir,
    service: Arc<Service>,
}

fn caller(levels: &[Level], scopes: &[&str]) -> Caller {
    Caller {
        principal: Principal::User {
            client_id: "pat".into(),
            identity_id: IdentityId::from_random([9; 16]),
            alias: "olga".into(),
            levels: levels.iter().copied().collect(),
        },
        scopes: scopes.iter().copied().collect::<ScopeSet>(),
        api_version: ApiVersion::V2025,
        tracking_id: "t".into(),
    }
}

fn admin() -> Caller {
    caller(&[Level::OrgAdmin], &["sp:scopes:all"])
}

impl Site {
    async fn new() -> Self {
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
            payload_budget: PayloadBudget::default(),
            worker_lanes: 1,
            source_limits: crate::SourceLimits::default(),
            late_writes: crate::worker::LATE_WRITES,
            outbound: crate::OutboundSettings::default(),
            sessions: crate::sessions::SessionSettings::default(),
        };
        std::fs::write(folder.path().join("web"), "abby:x\nzoe:y\n").unwrap();
        let site = Self { service: Service::open(settings).await.unwrap(), folder };
        site.apply().await;
        site
    }

    /// How many objects the document changed.
    async fn apply(&self) -> usize {
        let text = DOCUMENT.replace("FOLDER", self.folder.path().to_str().unwrap());
        let setup = Setup::resolve(SetupDocument::parse(&text).unwrap(), self.folder.path(), &|_| None).unwrap();
        self.service.apply(setup, false).await.unwrap().items.len()
    }

    async fn source(&self, name: &str) -> String {
        self.service.catalog().await.unwrap().source_named(name).unwrap().source.id.to_string()
    }

    async fn start(&self, source: &str, request: LoadAccounts) -> Result<Aggregation, Error> {
        let id = self.source(source).await;
        self.service.load_accounts(&admin(), &id, request).await
    }

    async fn end(&self, run: &Aggregation) -> Aggregation {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let now = self.service.get_aggregation(&admin(), run.id.as_str()).await.unwrap();
            if now.state != AggregationState::Running {
                return now;
            }
            assert!(Instant::now() < deadline, "{now:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn load(&self, source: &str, request: LoadAccounts) -> Aggregation {
        let run = self.start(source, request).await.unwrap();
        self.end(&run).await
    }

    async fn csv(&self, source: &str, text: &str) -> Aggregation {
        self.load(source, LoadAccounts { file: Some(text.as_bytes().to_vec()), ..LoadAccounts::default() }).await
    }

    /// The accounts of a source, by name.
    async fn accounts(&self, source: &str) -> Vec<ListedAccount> {
        let filters = Some(format!("sourceId eq \"{}\"", self.source(source).await));
        let request = Request { filters, ..Request::default() };
        let listed = self.service.list_accounts(&admin(), &request).await.unwrap().items;
        listed.into_iter().map(|shown| shown.account).collect()
    }

    async fn account(&self, source: &str, native_identity: &str) -> ListedAccount {
        let all = self.accounts(source).await;
        all.into_iter().find(|account| account.native_identity == native_identity).expect(native_identity)
    }

    /// Whose an account is.
    async fn owner(&self, source: &str, native_identity: &str) -> Option<String> {
        let id = self.account(source, native_identity).await.owner?.0;
        let mut reader = self.service.store.read().await.unwrap();
        Some(identities::lookup(&mut reader.tx(), &id).await.unwrap().unwrap().alias)
    }

    async fn identity(&self, alias: &str) -> Option<Identity> {
        let mut reader = self.service.store.read().await.unwrap();
        identities::lookup_by_alias(&mut reader.tx(), alias).await.unwrap()
    }

    async fn events(&self) -> Vec<String> {
        let mut reader = self.service.store.read().await.unwrap();
        let all = audit::list(&mut reader.tx(), 0, i64::MAX).await.unwrap();
        all.into_iter().map(|(_, _, event, ..)| event).collect()
    }
}

/// Created, changed, removed, uncorrelated.
fn counts(run: &Aggregation) -> (u64, u64, u64, u64) {
    (run.counts.created, run.counts.changed, run.counts.removed, run.counts.uncorrelated)
}

#[tokio::test]
async fn a_source_is_read_and_its_accounts_are_known() {
    let site = Site::new().await;
    let run = site.load("Web", LoadAccounts::default()).await;
    assert_eq!((run.state, run.counts.read, run.known), (AggregationState::Completed, 2, 1), "{run:?}");
    assert_eq!(counts(&run), (1, 0, 0, 1), "abby was known");
    assert_eq!(site.owner("Web", "abby").await.as_deref(), Some("Abby"), "as the document says");
    assert_eq!(site.owner("Web", "zoe").await, None);
    let again = site.load("Web", LoadAccounts::default()).await;
    assert_eq!((counts(&again), again.counts.read), ((0, 0, 0, 1), 2), "twice is once");
    assert_eq!(site.apply().await, 0, "and the document has nothing to say about it");
    let list = site.service.list_aggregations(&admin(), AggregationQuery::default()).await.unwrap();
    assert_eq!(list.iter().map(|run| &run.id).collect::<Vec<_>>(), [&again.id, &run.id]);
    // Nobody's account takes no password and is found by no name.
    let mut reader = site.service.store.read().await.unwrap();
    let source = site.source("Web").await.parse().unwrap();
    assert_eq!(accounts::lookup_native(&mut reader.tx(), &source, "zoe").await.unwrap(), None);
}

#[tokio::test]
async fn what_is_gone_goes_only_when_it_is_not_too_much() {
    let site = Site::new().await;
    let ten: String = (0..10).map(|n| format!("u{n}\n")).collect();
    assert_eq!(counts(&site.csv("Shop", &format!("id\n{ten}")).await), (10, 0, 0, 10));
    let nine = ten.replace("u9\n", "");
    assert_eq!(counts(&site.csv("Shop", &format!("id\n{nine}")).await), (0, 0, 1, 9), "one of ten may go");
    let removed = site.accounts("Shop").await.len();
    let seven = nine.replace("u8\n", "").replace("u7\n", "");
    let held = site.csv("Shop", &format!("id\n{seven}")).await;
    assert_eq!((held.state, held.counts.removed), (AggregationState::Held, 2));
    assert!(held.reason.contains("2 of 9 accounts are gone"), "{}", held.reason);
    assert_eq!((removed, site.accounts("Shop").await.len()), (9, 9), "nothing was removed");
    let nothing = site.csv("Shop", "id\n").await;
    assert_eq!((nothing.state, nothing.counts.removed), (AggregationState::Held, 9));
    // A damaged file removes nothing either, nor does it end well.
    let damaged = site.csv("Shop", "id,a\nu0,\nu1\n").await;
    assert_eq!(damaged.state, AggregationState::Failed);
    assert!(damaged.reason.starts_with("line 3"), "{}", damaged.reason);
    assert_eq!(site.accounts("Shop").await.len(), 9);
    let confirmed = LoadAccounts {
        file: Some(format!("id\n{seven}").into_bytes()),
        confirm_removals: true,
        ..LoadAccounts::default()
    };
    assert_eq!(counts(&site.load("Shop", confirmed).await), (0, 0, 2, 7));
    assert_eq!(site.accounts("Shop").await.len(), 7);
    // Who comes back is the one who went.
    let u7 = site.csv("Shop", &format!("id\n{seven}u7\n")).await;
    assert_eq!(counts(&u7), (0, 1, 0, 8), "the same account, there again");
    let events = site.events().await;
    let ours = |event: &str| events.iter().filter(|e| *e == event).count();
    assert_eq!((ours("ACCOUNT_AGGREGATION_STARTED"), ours("ACCOUNT_AGGREGATION_FAILED")), (7, 3));
}

#[tokio::test]
async fn accounts_are_given_to_whom_they_belong_and_to_nobody_else() {
    let site = Site::new().await;
    let run = site.csv("Shop", "id,mail\nB1,bob@acme.com\nb1,abby@ACME.com\nx,bob@acme.com\ny,nobody@acme.com\n").await;
    assert_eq!(counts(&run), (4, 0, 0, 2));
    assert_eq!(site.owner("Shop", "B1").await.as_deref(), Some("Abby"), "the first rule decides");
    assert_eq!(site.owner("Shop", "b1").await.as_deref(), Some("Abby"), "case counts in the first, not in the second");
    assert_eq!(site.owner("Shop", "x").await, None, "two have this address");
    assert_eq!(site.owner("Shop", "y").await, None);

    // Somebody says whose it is, and that stays, whatever the rules say later.
    let bob = site.identity("Bob").await.unwrap();
    let account = site.account("Shop", "b1").await;
    let link = [PatchOperation::Replace { path: "/identityId".into(), value: bob.id.as_str().into() }];
    site.service.update_account(&admin(), account.id.as_str(), &link).await.unwrap();
    let anew = LoadAccounts {
        file: Some(b"id,mail\nB1,x\nb1,abby@acme.com\nx,abby@acme.com\ny,x\n".to_vec()),
        reprocess: true,
        ..LoadAccounts::default()
    };
    let run = site.load("Shop", anew).await;
    assert_eq!(run.counts.uncorrelated, 1);
    assert_eq!(site.owner("Shop", "b1").await.as_deref(), Some("Bob"), "kept");
    assert_eq!(site.owner("Shop", "x").await.as_deref(), Some("Abby"), "found later");
    assert_eq!(site.events().await.iter().filter(|event| *event == "ACCOUNT_CORRELATED").count(), 4);
}

#[tokio::test]
async fn an_authoritative_source_makes_and_changes_identities() {
    let site = Site::new().await;
    let head = "number,cn,login,mail,ou,groups,password\n";
    let run = site
        .csv("Staff", &format!("{head}1,Abby S,ABBY,new@acme.com,Sales,a,s\n2,Carl,carl,c@x,IT,,s\n3,No,,,,,\n"))
        .await;
    assert_eq!(counts(&run), (3, 0, 0, 1), "{run:?}");
    assert_eq!((run.counts.identities_created, run.counts.identities_changed), (1, 1));
    let abby = site.identity("Abby").await.unwrap();
    assert_eq!(
        (abby.alias.as_str(), abby.name.as_str(), abby.email.as_deref()),
        ("Abby", "Abby S", Some("new@acme.com"))
    );
    assert_eq!((abby.attributes["badge"].as_str(), abby.attributes["department"].as_str()), ("B1", "Sales"));
    let carl = site.identity("carl").await.unwrap();
    assert!(carl.levels.is_empty() && carl.name == "Carl");
    let account = site.account("Staff", "2").await;
    assert_eq!((account.name.as_str(), account.authoritative), ("Carl", true));
    assert!(!account.attributes.contains_key("password"));
    let mut reader = site.service.store.read().await.unwrap();
    let own = accounts::of_identity(&mut reader.tx(), &carl.id).await.unwrap();
    assert_eq!(own.len(), 2, "and his sign-in here");
    drop(reader);
    let run = site
        .csv("Staff", &format!("{head}1,Abby S,ABBY,new@acme.com,Sales,a,s\n2,Carl X,carl,c@x,IT,,s\n3,No,,,,,\n"))
        .await;
    assert_eq!((counts(&run), run.counts.identities_changed), ((0, 1, 0, 1), 1));
    assert_eq!(site.identity("carl").await.unwrap().name, "Carl X");
    // His account goes; he stays.
    let run = site.csv("Staff", &format!("{head}1,Abby S,ABBY,new@acme.com,Sales,a,s\n3,No,,,,,\n")).await;
    assert_eq!((run.state, counts(&run)), (AggregationState::Completed, (0, 0, 1, 1)));
    assert!(site.identity("carl").await.is_some());
}

#[tokio::test]
async fn one_at_a_time_and_none_survives_its_process() {
    let site = Site::new().await;
    let many: String = (0..20_000).map(|n| format!("u{n}\n")).collect();
    let request = || LoadAccounts { file: Some(format!("id\n{many}").into_bytes()), ..LoadAccounts::default() };
    let run = site.start("Shop", request()).await.unwrap();
    match site.start("Shop", request()).await {
        Err(Error::BadRequest { message, .. }) => assert!(message.contains("being read already"), "{message}"),
        other => panic!("{other:?}"),
    }
    // As a new process finds it.
    site.service.end_aggregations_of_before().await.unwrap();
    let ended = site.end(&run).await;
    assert_eq!(ended.state, AggregationState::Interrupted, "{ended:?}");
    assert!(ended.ended_at.is_some() && ended.reason.contains("ended while it read"));
    let again = site.load("Shop", request()).await;
    assert_eq!((again.state, again.counts.read), (AggregationState::Completed, 20_000));
    assert_eq!(site.service.get_aggregation(&admin(), run.id.as_str()).await.unwrap(), ended, "it wrote nothing more");
}

#[tokio::test]
async fn who_may_and_what_cannot_be_read() {
    let site = Site::new().await;
    let (web, built_in) = (site.source("Web").await, site.source("Passwright").await);
    let load = async |caller: &Caller, id: &str| {
        site.service.load_accounts(caller, id, LoadAccounts::default()).await.map(|_| ())
    };
    for refused in [
        caller(&[], &["sp:scopes:all"]),
        caller(&[Level::Helpdesk], &["sp:scopes:all"]),
        caller(&[Level::OrgAdmin], &["idn:sources:read"]),
    ] {
        assert!(matches!(load(&refused, &web).await, Err(Error::Forbidden(_))), "{refused:?}");
    }
    let reader = caller(&[Level::OrgAdmin], &["idn:sources:read"]);
    assert!(site.service.list_aggregations(&reader, AggregationQuery::default()).await.is_ok());
    let nobody = caller(&[Level::Helpdesk], &["sp:scopes:all"]);
    assert!(matches!(site.service.get_aggregation(&nobody, "x").await, Err(Error::Forbidden(_))));
    assert!(matches!(load(&admin(), "x").await, Err(Error::NotFound)));
    assert!(matches!(load(&admin(), &"0".repeat(32)).await, Err(Error::NotFound)));
    assert!(matches!(load(&admin(), &built_in).await, Err(Error::BadRequest { .. })));
    let bad = LoadAccounts { file: Some(b"id,id\n".to_vec()), ..LoadAccounts::default() };
    assert!(matches!(site.start("Web", bad).await, Err(Error::BadRequest { .. })));
    std::fs::remove_file(site.folder.path().join("web")).unwrap();
    let run = site.load("Web", LoadAccounts::default()).await;
    assert_eq!((run.state, run.counts.removed), (AggregationState::Failed, 0));
    assert!(run.reason.contains("does not exist"), "{}", run.reason);
}
