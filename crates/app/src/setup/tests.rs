//! Documents against a real database.

use std::path::Path;

use passwright_domain::budget::PayloadBudget;
use passwright_domain::digit_token::AttemptLimits;
use passwright_domain::directory::Feature;
use passwright_storage::directory::{accounts, identities, sign_in_passwords};
use passwright_storage::{Options, Store, audit, clients, settings};

use super::{Plan, Setup, SetupDocument, SetupError, Verb};
use crate::{Service, Settings};

pub(super) const DOCUMENT: &str = r#"
dictionary_file = "words.txt"

[org_config]
digitTokenEnabled = true

[[password_policy]]
name = "Corporate"
minLength = 10
minUpper = 1

[[source]]
name = "Intranet"
description = "the wiki and the build server"
connector = { kind = "htpasswd", path = "/srv/htpasswd" }
policy = "corporate"

[[source]]
name = "My-AD"
features = ["PASSWORD", "UNLOCK"]
connector = { kind = "active_directory", url = "ldaps://dc1.acme.com", bind_dn = "svc@acme.com" }
credential_file = "ad.secret"

[[identity]]
alias = "Abby.Smith"
name = "Abby Smith"
email = "abby@acme.com"
attributes = { department = "Sales" }
password_file = "abby.password"

[[identity.account]]
source = "my-ad"
native_identity = "CN=Abby Smith,DC=acme,DC=com"
name = "Abby Smith"

[[identity]]
alias = "Olga.Admin"
levels = ["ORG_ADMIN"]

[[account]]
identity = "abby.smith"
source = "Intranet"
native_identity = "abby"

[[application]]
name = "Wiki"
source = "Intranet"

[[password_group]]
name = "All"
policy = "Corporate"
sources = ["My-AD"]

[[api_client]]
name = "portal"
secret_file = "portal.secret"
rate_limit = 500

[[personal_access_token]]
owner = "Olga.Admin"
name = "scripts"
secret_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
expires = 2031-01-31

[lockout_config]
maximumAttempts = 7
lockoutDuration = 20
lockoutWindow = 10

[session_config]
maxIdleTime = 10
rememberMe = true
maxSessionTime = 60

[network_config]
range = ["10.0.0.0/8"]
whitelisted = false

[[security_question]]
id = "first-school"
text = "What was your first school?"
translations = { fr = "Quelle fut votre école ?" }
"#;

pub(super) const SECRETS: [(&str, &str); 4] = [
    ("ad.secret", "Service-pass-1"),
    ("abby.password", "First-pass-1"),
    ("portal.secret", "a-secret-of-many-characters-1"),
    ("words.txt", "acme\n"),
];

pub(super) struct Fixture {
    pub(super) folder: tempfile::TempDir,
    pub(super) service: std::sync::Arc<Service>,
}

impl Fixture {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in SECRETS {
            std::fs::write(folder.path().join(name), format!("{text}\n")).unwrap();
        }
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
        let service = Service::open(settings).await.unwrap();
        Self { folder, service }
    }

    pub(super) async fn run(&self, text: &str, dry_run: bool) -> Result<Plan, SetupError> {
        self.service.apply(resolve(text, self.folder.path())?, dry_run).await
    }

    pub(super) async fn apply(&self, text: &str) -> Result<Plan, SetupError> {
        self.run(text, false).await
    }

    async fn catalog_version(&self) -> String {
        let mut reader = self.service.store().read().await.unwrap();
        settings::catalog_version(&mut reader.tx()).await.unwrap()
    }
}

fn resolve(text: &str, folder: &Path) -> Result<Setup, SetupError> {
    Setup::resolve(SetupDocument::parse(text)?, folder, &|name| (name == "AD").then(|| "Other-pass-2".to_owned()))
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let fixture = Fixture::new().await;
    let first = fixture.apply(DOCUMENT).await.unwrap();
    let shown = first.to_string();
    for line in [
        "create password policy \"Corporate\"\n",
        "create password policy \"Default\"\n",
        "create source \"Passwright\"\n",
        "create sign-in password \"Abby.Smith\"\n",
        "create account \"Olga.Admin on Passwright\"\n",
        "create account \"abby on Intranet\"\n",
        "create password dictionary\n",
        "create lockout config\n",
        "create security question \"first-school\"\n",
    ] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    let version = fixture.catalog_version().await;
    assert_eq!(fixture.apply(DOCUMENT).await.unwrap(), Plan::default());
    assert_eq!(fixture.run(DOCUMENT, true).await.unwrap(), Plan::default());
    assert_eq!(fixture.catalog_version().await, version);

    let mut reader = fixture.service.store().read().await.unwrap();
    let mut tx = reader.tx();
    let applied = audit::list(&mut tx, 0, 100).await.unwrap();
    let applied: Vec<_> = applied.iter().filter(|record| record.2 == "SETUP_APPLIED").collect();
    assert_eq!(applied.len(), 1, "an empty run leaves no record");
    let abby = identities::lookup_by_alias(&mut tx, "ABBY.SMITH").await.unwrap().unwrap();
    assert_eq!(accounts::of_identity(&mut tx, &abby.id).await.unwrap().len(), 3);
    assert!(sign_in_passwords::lookup(&mut tx, &abby.id).await.unwrap().is_some());
    drop(reader);

    let catalog = fixture.service.catalog().await.unwrap();
    let built_in = catalog.built_in().unwrap();
    assert!(built_in.source.features.is_superset(&[Feature::Password, Feature::Authenticate].into()));
    let ad = catalog.source_named("my-ad").unwrap();
    assert!(ad.target().unwrap().is_some(), "the credential opens");
    assert_eq!(catalog.policy_for(built_in, &abby).unwrap().min_length, 8);
    assert_eq!(catalog.policy_for(ad, &abby).unwrap().min_length, 10);
    assert!(catalog.org_config.digit_token_enabled && catalog.dictionary.is_some());
}

#[tokio::test]
async fn what_differs_is_changed_and_ids_stay() {
    let fixture = Fixture::new().await;
    fixture.apply(DOCUMENT).await.unwrap();
    let id = fixture.service.catalog().await.unwrap().source_named("Intranet").unwrap().source.id.clone();
    let changed = DOCUMENT
        .replace("name = \"Intranet\"\ndescription = \"the wiki and the build server\"", "name = \"INTRANET\"")
        .replace("minLength = 10", "minLength = 12")
        .replace("credential_file = \"ad.secret\"", "credential_env = \"AD\"")
        .replace("rate_limit = 500", "rate_limit = 600")
        .replace("levels = [\"ORG_ADMIN\"]", "levels = [\"HELPDESK\"]");
    let plan = fixture.apply(&changed).await.unwrap();
    assert_eq!(
        plan.to_string(),
        "change password policy \"Corporate\": rules\n\
         change source \"INTRANET\": name, description\n\
         change source \"My-AD\": credential\n\
         change identity \"Olga.Admin\": levels\n\
         change api client \"portal\": rate_limit\n"
    );
    let mut reader = fixture.service.store().read().await.unwrap();
    let clients = clients::list_clients(&mut reader.tx()).await.unwrap();
    assert_eq!(clients.iter().map(|c| c.rate_limit.0).collect::<Vec<_>>(), [600]);
    let sources = passwright_storage::directory::sources::list(&mut reader.tx()).await.unwrap();
    assert!(sources.iter().any(|source| source.id == id && source.name == "INTRANET"));
    drop(reader);
    assert!(fixture.apply(&changed).await.unwrap().is_empty());
    // What a document does not name is left alone.
    assert!(fixture.apply("").await.unwrap().is_empty());
}

#[tokio::test]
async fn sources_move_between_groups_in_one_document() {
    let fixture = Fixture::new().await;
    let groups = |one: &str, two: &str| {
        let group =
            |name: &str, source: &str| format!("[[password_group]]\nname = \"{name}\"\nsources = [\"{source}\"]\n");
        let first = DOCUMENT.find("[[password_group]]").unwrap();
        format!("{}{}{}", &DOCUMENT[..first], group("One", one), group("Two", two))
            .replace("policy = \"corporate\"", "")
    };
    fixture.apply(&groups("My-AD", "Intranet")).await.unwrap();
    let plan = fixture.apply(&groups("Intranet", "My-AD")).await.unwrap();
    assert_eq!(plan.items.iter().filter(|item| item.fields == ["sources"]).count(), 2, "{plan}");
    assert!(fixture.apply(&groups("Intranet", "My-AD")).await.unwrap().is_empty());
    let taken = "[[password_group]]\nname = \"Three\"\nsources = [\"My-AD\"]";
    let error = fixture.apply(taken).await.unwrap_err().to_string();
    assert_eq!(error, "line 1: password group \"Three\": sources: \"My-AD\" is in the password group \"Two\" already");
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let fixture = Fixture::new().await;
    let plan = fixture.run(DOCUMENT, true).await.unwrap();
    assert!(plan.items.iter().all(|item| item.verb == Verb::Create) && plan.items.len() > 10, "{plan}");
    assert_eq!(fixture.catalog_version().await, "");
    let mut reader = fixture.service.store().read().await.unwrap();
    assert!(identities::list(&mut reader.tx(), 10, 0).await.unwrap().is_empty());
    drop(reader);
    assert_eq!(fixture.apply(DOCUMENT).await.unwrap().to_string(), plan.to_string());
}

/// The other examples on the page are settings.
#[test]
fn the_documented_example_is_a_document() {
    let text = include_str!("../../../../docs/setup.md");
    let text = text.split("\n## The set-up document\n").nth(1).unwrap();
    let example = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let tables = SetupDocument::parse(example).unwrap().tables;
    assert_eq!((tables.source.len(), tables.identity.len(), tables.account.len()), (5, 1, 1));
    assert_eq!((tables.api_client.len(), tables.personal_access_token.len()), (1, 1));
    let scim = include_str!("../../../../docs/scim.md");
    let example = scim.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let more = SetupDocument::parse(example).unwrap().tables.source;
    let aggregation = include_str!("../../../../docs/aggregation.md");
    let example = aggregation.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let taken_in = SetupDocument::parse(example).unwrap().tables.source;
    assert_eq!((more.len(), taken_in.len()), (1, 1));
    for source in tables.source.into_iter().chain(more).chain(taken_in) {
        source.get_ref().aggregation.check(source.get_ref().authoritative).unwrap();
        let written = source.into_inner().connector.unwrap();
        serde_json::from_value::<passwright_connectors::ConnectorConfig>(written).unwrap();
    }
}
