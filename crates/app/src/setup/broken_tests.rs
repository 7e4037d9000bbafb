//! Documents with one fault each: nothing is changed, and the message names the line and the field.

use passwright_storage::audit;

use super::tests::{DOCUMENT, Fixture, SECRETS};
use super::{ExportOptions, SetupError};

const EVERYTHING: ExportOptions = ExportOptions { identities: true, secret_digests: true };

/// Where the message must point to.
#[derive(Debug, Clone, Copy)]
enum At {
    /// The line of what was put in.
    Fault,
    /// The line of the table that it stands in.
    Table,
}
use At::{Fault, Table};

/// What is replaced in [`DOCUMENT`], by what, where the fault is told to be, and in which words.
const BROKEN: &[(&str, &str, At, &str)] = &[
    // The form of the document.
    ("[[source]]", "[[sauce]]", Fault, "unknown field `sauce`"),
    ("alias = \"Olga.Admin\"", "alias = ", Fault, ""),
    ("alias = \"Olga.Admin\"", "alias = \"Olga.Admin", Fault, ""),
    ("minLength = 10", "minLength = 10\nminLength = 11", Fault, "duplicate key"),
    ("rate_limit = 500", "rate_limit = 500\nrate_limit = 500", Fault, "duplicate key"),
    // Wrong types, for each kind of object.
    (
        "description = \"the wiki and the build server\"",
        "description = 5",
        Fault,
        "invalid type: integer `5`, expected a string",
    ),
    ("alias = \"Olga.Admin\"", "alias = 5", Fault, "invalid type: integer `5`, expected a string"),
    ("levels = [\"ORG_ADMIN\"]", "levels = \"ORG_ADMIN\"", Fault, "invalid type: string"),
    ("levels = [\"ORG_ADMIN\"]", "levels = [\"CERT_ADMIN\"]", Fault, "unknown variant `CERT_ADMIN`"),
    ("email = \"abby@acme.com\"", "disabled = \"no\"", Fault, "invalid type: string \"no\", expected a boolean"),
    (
        "attributes = { department = \"Sales\" }",
        "attributes = { department = 5 }",
        Fault,
        "invalid type: integer `5`, expected a string",
    ),
    ("native_identity = \"abby\"", "native_identity = [\"abby\"]", Fault, "invalid type: sequence, expected a string"),
    ("rate_limit = 500", "rate_limit = -1", Fault, "invalid value: integer `-1`"),
    ("rate_limit = 500", "rate_limit = \"500\"", Fault, "invalid type: string \"500\""),
    ("expires = 2031-01-31", "expires = \"2031-01-31\"", Fault, "invalid type"),
    ("sources = [\"My-AD\"]", "sources = \"My-AD\"", Fault, "invalid type: string"),
    ("features = [\"PASSWORD\", \"UNLOCK\"]", "features = [\"FLY\"]", Fault, "unknown variant `FLY`"),
    ("digitTokenEnabled = true", "digitTokenEnabled = 1", Fault, "invalid type: integer `1`, expected a boolean"),
    ("maximumAttempts = 7", "maximumAttempts = \"7\"", Fault, "invalid type: string \"7\""),
    ("range = [\"10.0.0.0/8\"]", "range = \"10.0.0.0/8\"", Fault, "invalid type: string"),
    ("dictionary_file = \"words.txt\"", "dictionary_file = 5", Fault, "invalid type: integer `5`"),
    ("minLength = 10", "minLength = \"10\"", Table, "policy: minLength: invalid type"),
    ("minLength = 10", "minLength = 10\ndefault = 1", Table, "default: is not true or false"),
    // Unknown keys, for each kind of object.
    ("minLength = 10", "minLenght = 10", Table, "policy: unknown field `minLenght`"),
    ("minLength = 10", "minLength = 10\nsourceIds = []", Table, "policy: unknown field `sourceIds`"),
    ("policy = \"corporate\"", "polcy = \"corporate\"", Fault, "unknown field `polcy`"),
    ("email = \"abby@acme.com\"", "mail = \"abby@acme.com\"", Fault, "unknown field `mail`"),
    ("native_identity = \"abby\"", "native_identity = \"abby\"\nlocked = true", Fault, "unknown field `locked`"),
    ("name = \"Wiki\"", "name = \"Wiki\"\nenabled = true", Fault, "unknown field `enabled`"),
    ("name = \"All\"", "name = \"All\"\nsource = \"My-AD\"", Fault, "unknown field `source`"),
    ("rate_limit = 500", "limit = 500", Fault, "unknown field `limit`"),
    ("expires = 2031-01-31", "expire = 2031-01-31", Fault, "unknown field `expire`"),
    ("digitTokenEnabled = true", "digitToken = true", Fault, "unknown field `digitToken`"),
    ("maximumAttempts = 7", "attempts = 7", Fault, "unknown field `attempts`"),
    ("rememberMe = true", "remember = true", Fault, "unknown field `remember`"),
    ("whitelisted = false", "allowed = false", Fault, "unknown field `allowed`"),
    ("id = \"first-school\"", "id = \"first-school\"\norder = 1", Fault, "unknown field `order`"),
    ("path = ", "paht = ", Table, "connector: unknown field `paht`"),
    ("kind = \"htpasswd\"", "kind = \"floppy\"", Table, "connector: unknown variant `floppy`"),
    // What is missing.
    ("name = \"Wiki\"\n", "", Table, "missing field `name`"),
    ("secret_file = \"portal.secret\"\n", "", Table, "secret_file: either secret_file or secret_sha256 is needed"),
    ("lockoutWindow = 10\n", "", Table, "missing field `lockoutWindow`"),
    ("text = \"What was your first school?\"\n", "", Table, "missing field `text`"),
    ("sources = [\"My-AD\"]", "sources = []", Table, "sources: names no source"),
    // Names that stand twice, or are none.
    (
        "alias = \"Olga.Admin\"",
        "alias = \"ABBY.smith\"",
        Table,
        "identity \"ABBY.smith\": name: stands twice in the document",
    ),
    ("name = \"My-AD\"", "name = \" INTRANET \"", Table, "name: stands twice in the document"),
    ("alias = \"Olga.Admin\"", "alias = \" \"", Table, "name: is absent, empty or holds control characters"),
    ("name = \"portal\"", "name = \"a\\tb\"", Table, "name: is absent, empty or holds control characters"),
    ("native_identity = \"CN=Abby Smith,DC=acme,DC=com\"", "native_identity = \"\"", Table, "native_identity"),
    (
        "source = \"Intranet\"\nnative_identity = \"abby\"",
        "source = \"My-AD\"\nnative_identity = \"CN=Abby Smith,DC=acme,DC=com\"",
        Table,
        "stands twice in the document",
    ),
    // References to nothing.
    ("policy = \"corporate\"", "policy = \"none\"", Table, "policy: there is no password policy \"none\""),
    ("source = \"my-ad\"", "source = \"none\"", Table, "source: there is no source \"none\""),
    ("identity = \"abby.smith\"", "identity = \"none\"", Table, "identity: there is no identity \"none\""),
    (
        "name = \"Wiki\"\nsource = \"Intranet\"",
        "name = \"Wiki\"\nsource = \"none\"",
        Table,
        "source: there is no source \"none\"",
    ),
    (
        "policy = \"Corporate\"\nsources",
        "policy = \"none\"\nsources",
        Table,
        "policy: there is no password policy \"none\"",
    ),
    ("sources = [\"My-AD\"]", "sources = [\"My-AD\", \"none\"]", Table, "sources: there is no source \"none\""),
    ("owner = \"Olga.Admin\"", "owner = \"nobody\"", Table, "owner: there is no identity \"nobody\""),
    // Secrets.
    ("\"ad.secret\"", "\"absent\"", Table, "credential_file: cannot read "),
    ("\"ad.secret\"", "\"empty.secret\"", Table, "credential_file: "),
    ("\"ad.secret\"", "\"two-lines.secret\"", Table, "does not hold exactly one line"),
    ("\"ad.secret\"", "\"bytes.secret\"", Table, "credential_file: cannot read "),
    ("\"ad.secret\"", "\".\"", Table, "credential_file: cannot read "),
    (
        "credential_file = \"ad.secret\"",
        "credential_env = \"NONE\"",
        Table,
        "credential_env: the environment variable NONE is not set",
    ),
    (
        "credential_file = \"ad.secret\"",
        "credential_file = \"ad.secret\"\ncredential_env = \"AD\"",
        Table,
        "stands beside credential_env",
    ),
    ("\"abby.password\"", "\"absent\"", Table, "password_file: cannot read "),
    ("\"portal.secret\"", "\"abby.password\"", Table, "secret_file: the secret has fewer than 22 characters"),
    ("e3b0", "E3B0", Table, "secret_sha256: is not 64 lower-case hex digits"),
    ("\"words.txt\"", "\"absent.txt\"", Fault, "dictionary_file: cannot read "),
    ("\"words.txt\"", "\"two-words.txt\"", Fault, "dictionary_file: "),
    // Bounds.
    ("minLength = 10", "maxLength = 3\nminLength = 10", Table, "minLength 10 is greater than maxLength 3"),
    (
        "digitTokenEnabled = true",
        "digitTokenLength = 3",
        Table,
        "org_config: digitTokenLength 3 is not between 6 and 18",
    ),
    ("maximumAttempts = 7", "maximumAttempts = 16", Table, "lockout_config: maximumAttempts 16 is not 1 to 15"),
    (
        "maxSessionTime = 60",
        "maxSessionTime = 10",
        Table,
        "session_config: maxSessionTime is not more than maxIdleTime",
    ),
    (
        "\"10.0.0.0/8\"",
        "\"10.0.0.0/33\"",
        Table,
        "network_config: range: \"10.0.0.0/33\" is neither an address nor a network",
    ),
    (
        "whitelisted = false",
        "geolocation = [\"CA\"]\nwhitelisted = true",
        Table,
        "network_config: geolocation must be empty",
    ),
    ("id = \"first-school\"", "id = \"first school\"", Table, "id: must be 1 to 64 letters, digits and hyphens"),
    ("fr = \"Quelle", "f = \"Quelle", Table, "translations: \"f\" is no language tag"),
    ("rate_limit = 500", "rate_limit = 0", Table, "rate_limit: is 0; use disabled = true"),
    ("rate_limit = 500", "token_seconds = 0", Table, "token_seconds: 0 is not between 1 and 86400"),
    ("rate_limit = 500", "scopes = [\"a b\"]", Table, "scopes: one is empty or holds white space"),
    ("name = \"portal\"", "name = \"portal\"\nid = \"7\"", Table, "id: is not a UUID"),
    ("expires = 2031-01-31", "expires = 12:00:00", Table, "expires: is not a date"),
    ("ldaps://dc1", "ldap://dc1", Table, "connector: an unencrypted connection is refused"),
    (
        "[[password_policy]]\nname = \"Corporate\"",
        "[[password_policy]]\nname = \"Corporate\"\ndefault = true\n[[password_policy]]\nname = \"Other\"\ndefault = true",
        Table,
        "default: another policy of the document is the default too",
    ),
];

/// The line of the byte, counted from 1.
fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The line of the last table header at or before the byte; of the first line where there is none.
fn table(text: &str, at: usize) -> usize {
    let rows = text.lines().enumerate().take(line(text, at));
    rows.filter(|(_, row)| row.starts_with('[')).last().map_or(1, |(row, _)| row + 1)
}

async fn state(fixture: &Fixture) -> (String, Option<String>, Vec<audit::Stored>) {
    let export = fixture.service.export(EVERYTHING).await.unwrap();
    let mut reader = fixture.service.store().read().await.unwrap();
    (export.document, export.dictionary, audit::list(&mut reader.tx(), 0, 10_000).await.unwrap())
}

#[tokio::test]
async fn every_broken_document_says_where_and_changes_nothing() {
    let fixture = Fixture::new().await;
    for (name, content) in [
        ("empty.secret", &b""[..]),
        ("two-lines.secret", b"a\nb\n"),
        ("bytes.secret", b"\xff\xfe\n"),
        ("two-words.txt", b"two words\n"),
    ] {
        std::fs::write(fixture.folder.path().join(name), content).unwrap();
    }
    fixture.apply(DOCUMENT).await.unwrap();
    assert!(fixture.apply(DOCUMENT).await.unwrap().is_empty(), "the second run changes nothing");
    let before = state(&fixture).await;
    let mut wrong = Vec::new();
    for (from, to, at, told) in BROKEN {
        let begins = DOCUMENT.find(from).unwrap_or_else(|| panic!("{from}"));
        let text = DOCUMENT.replacen(from, to, 1);
        // Where something is put in after what was there, the fault is on the last of its lines, or in the last of its tables.
        let last = (begins + to.len()).saturating_sub(1).max(begins);
        let wanted = match at {
            Fault => line(&text, last),
            Table => table(&text, last),
        };
        for dry_run in [true, false] {
            let error = match fixture.run(&text, dry_run).await {
                Ok(plan) => {
                    wrong.push(format!("{to:?} is taken: {plan}"));
                    continue;
                }
                Err(error) => error,
            };
            let said = error.to_string();
            let place = match &error {
                SetupError::Document { at, .. } => at.map(|(line, _)| line),
                SetupError::Object { line, field, .. } => line.filter(|_| !field.is_empty()),
                SetupError::Service(_) => None,
            };
            if !error.is_in_document() || !said.contains(told) || place != Some(wanted) {
                wrong.push(format!("{to:?}: {said}; expected {told:?} on line {wanted}"));
            }
            for (_, secret) in SECRETS.iter().filter(|(name, _)| *name != "words.txt") {
                assert!(!said.contains(secret), "{said}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(state(&fixture).await, before);
    assert!(fixture.apply(DOCUMENT).await.unwrap().is_empty());
}
