//! The demo's set-up document: what `apply` reads, kept in the folder as an example.

use std::fmt::Write as _;

use passwright_minidir::Running;

use super::folder::{self, Folder};
use super::people::{PEOPLE, Person, SERVICE};
use super::state::State;
use super::systems::{AD_SECRET, CRM, INTRANET, REPORTS};
use crate::exit::Failure;

/// Requests of the bulk client in ten seconds.
const BULK_LIMIT: u32 = 100_000;
pub(super) const CLIENT_SECRET: &str = "api-client.secret";
pub(super) const BULK_SECRET: &str = "bulk-client.secret";
pub(super) const ABBY_SECRET: &str = "abby-token.secret";
pub(super) const ADMIN_SECRET: &str = "admin-token.secret";
pub(super) const HELPDESK_SECRET: &str = "helpdesk-token.secret";

const HEAD: &str = r#"# The set-up of this demo; written again at every start. See docs/setup.md.

[org_config]
digitTokenEnabled = true

[[password_policy]]
name = "Demo"
default = true
minLength = 8
minAlpha = 1
minNumeric = 1
"#;

const APPLICATIONS: [(&str, &str); 5] = [
    ("Windows sign-in", "My-AD"),
    ("CRM", "CRM"),
    ("Wiki", "Intranet"),
    ("Build server", "Intranet"),
    ("Reports", "Reports"),
];

const GROUP: &str = r#"
[[password_group]]
name = "Corporate"
policy = "Demo"
sources = ["My-AD", "CRM"]

[[security_question]]
id = "first-school"
text = "What was the name of your first school?"
translations = { de = "Wie hieß Ihre erste Schule?", es = "¿Cómo se llamaba su primera escuela?", fr = "Quel était le nom de votre première école ?" }

[[security_question]]
id = "first-pet"
text = "What was the name of your first pet?"
translations = { de = "Wie hieß Ihr erstes Haustier?", es = "¿Cómo se llamaba su primera mascota?", fr = "Quel était le nom de votre premier animal ?" }

[[security_question]]
id = "first-street"
text = "In which street did you live as a child?"
translations = { de = "In welcher Straße haben Sie als Kind gewohnt?", es = "¿En qué calle vivía de niño?", fr = "Dans quelle rue habitiez-vous enfant ?" }

[[security_question]]
id = "first-trip"
text = "Where did you go on your first long journey?"
translations = { de = "Wohin ging Ihre erste große Reise?", es = "¿Adónde fue en su primer gran viaje?", fr = "Où vous a mené votre premier grand voyage ?" }
"#;

const UPDATE: &str = "UPDATE users SET password = :password_hash, changed_at = :changed_at, \
                      locked = locked AND NOT :unlock WHERE login = :account";
const SELECT: &str = "SELECT password, locked, changed_at FROM users WHERE login = :account";
const ACCOUNTS: &str = "SELECT login, locked FROM users WHERE login > :after";

/// Writes the document; makes the client secrets it names.
pub(super) fn document(folder: &Folder, state: &State, directory: &Running) -> Result<String, Failure> {
    let mut text = HEAD.to_owned();
    let ad = format!(
        "kind = \"active_directory\", url = {}, ca_file = {}, bind_dn = {}",
        quoted(&directory.url()),
        quoted(&directory.ca_file().to_string_lossy()),
        quoted(SERVICE)
    );
    table(&mut text, "source", &[("name", quoted("My-AD")), ("description", quoted("the demo's directory"))]);
    line(&mut text, "connector", &format!("{{ {ad} }}"));
    line(&mut text, "credential_file", &quoted(&Folder::secret_name(AD_SECRET)));
    for (name, file) in [("CRM", CRM), ("Reports", REPORTS)] {
        let connector = format!(
            "{{ kind = \"sql\", database = {}, update = {}, select = {}, accounts = {} }}",
            quoted(&format!("sqlite://{}", folder.text(file))),
            quoted(UPDATE),
            quoted(SELECT),
            quoted(ACCOUNTS)
        );
        table(&mut text, "source", &[("name", quoted(name)), ("connector", connector)]);
    }
    let connector = format!("{{ kind = \"htpasswd\", path = {} }}", quoted(&folder.text(INTRANET)));
    table(&mut text, "source", &[("name", quoted("Intranet")), ("connector", connector)]);
    for person in &PEOPLE {
        identity(&mut text, person);
    }
    for (name, source) in APPLICATIONS {
        table(&mut text, "application", &[("name", quoted(name)), ("source", quoted(source))]);
    }
    text.push_str(GROUP);
    for (name, id, secret, limit) in
        [("Demo", &state.client, CLIENT_SECRET, None), ("Demo bulk", &state.bulk_client, BULK_SECRET, Some(BULK_LIMIT))]
    {
        folder.secret(secret, folder::client_secret)?;
        let secret = quoted(&Folder::secret_name(secret));
        table(&mut text, "api_client", &[("name", quoted(name)), ("id", quoted(id.as_str())), ("secret_file", secret)]);
        if let Some(limit) = limit {
            line(&mut text, "rate_limit", &limit.to_string());
        }
    }
    for (owner, id, secret) in [
        ("Abby.Smith", &state.abby_token, ABBY_SECRET),
        ("Olga.Admin", &state.admin_token, ADMIN_SECRET),
        ("Hank.Helper", &state.helpdesk_token, HELPDESK_SECRET),
    ] {
        folder.secret(secret, folder::client_secret)?;
        table(
            &mut text,
            "personal_access_token",
            &[
                ("owner", quoted(owner)),
                ("name", quoted("demo")),
                ("id", quoted(id.as_str())),
                ("secret_file", quoted(&Folder::secret_name(secret))),
                ("expires", "2099-12-31".to_owned()),
            ],
        );
    }
    Ok(text)
}

fn identity(text: &mut String, person: &Person) {
    let attributes = format!(
        "{{ firstname = {}, lastname = {}, department = {}, location = {} }}",
        quoted(person.given_name),
        quoted(person.family_name),
        quoted(person.department),
        quoted(person.office)
    );
    table(
        text,
        "identity",
        &[
            ("alias", quoted(person.alias)),
            ("name", quoted(&person.name())),
            ("email", quoted(&person.email())),
            ("attributes", attributes),
            ("password_file", quoted(&Folder::secret_name(&person.password_file()))),
        ],
    );
    if let Some(level) = person.level {
        line(text, "levels", &format!("[{}]", quoted(level)));
    }
    let login = person.login();
    let accounts = [
        (true, "My-AD", person.dn(), person.name()),
        (person.in_crm, "CRM", login.clone(), login.clone()),
        (person.in_intranet, "Intranet", login.clone(), login.clone()),
        (person.in_reports, "Reports", login.clone(), login),
    ];
    for (_, source, native_identity, name) in accounts.iter().filter(|(exists, ..)| *exists) {
        table(
            text,
            "identity.account",
            &[("source", quoted(source)), ("native_identity", quoted(native_identity)), ("name", quoted(name))],
        );
    }
}

fn table(text: &mut String, name: &str, lines: &[(&str, String)]) {
    // Writing to a String cannot fail.
    let _ = write!(text, "\n[[{name}]]\n");
    for (key, value) in lines {
        line(text, key, value);
    }
}

fn line(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {value}");
}

/// A basic string: TOML escapes what JSON escapes, and control characters do not occur.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
