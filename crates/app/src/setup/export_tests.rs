//! What is exported makes the same again.

use passwright_domain::directory::PolicyHolder;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::sources;
use passwright_storage::{StorageError, Tx, Write, clients};

use super::tests::{DOCUMENT, Fixture, SECRETS};
use super::{DICTIONARY_FILE, ExportOptions};

const EVERYTHING: ExportOptions = ExportOptions { identities: true, secret_digests: true };

/// How accounts are taken in, with every setting.
const TAKEN_IN: &str = r#"
authoritative = true
schema = { identity = "login", display = "cn", attributes = ["login", "cn", "groups"], multi = ["groups"] }
aggregation = { removal_limit = 5, correlation = [
    { account = "login", identity = "alias" }, { account = "cn", identity = "name", case_sensitive = true },
], identity = { alias = "login", email = "mail", attributes = { department = "ou" } } }
"#;

/// With what [`DOCUMENT`] lacks: an exception, a disabled identity, a client that is off, how accounts are taken in, and an
/// account with a list.
fn document() -> String {
    DOCUMENT
        .replace("description = \"the wiki and the build server\"", &format!("description = \"wiki\"\n{TAKEN_IN}"))
        .replace("native_identity = \"abby\"", "native_identity = \"abby\"\nattributes = { mail = [\"a@x\", \"b@x\"], cn = \"A\" }")
        .replace("policy = \"corporate\"", "policy = \"corporate\"\nexceptions = [{ policy = \"Corporate\", attributes = { department = \"IT\", country = \"DE\" } }]")
        .replace("alias = \"Olga.Admin\"", "alias = \"Olga.Admin\"\ndisabled = true")
        .replace("rate_limit = 500", "rate_limit = 500\ndisabled = true\nscopes = [\"idn:password-info:read\"]")
}

impl Fixture {
    /// The files an export names, here.
    fn provide(&self, export: &super::Export) {
        if let Some(words) = &export.dictionary {
            std::fs::write(self.folder.path().join(DICTIONARY_FILE), words).unwrap();
        }
        std::fs::create_dir_all(self.folder.path().join("secrets")).unwrap();
        for file in &export.secret_files {
            let secret = if file.contains("source-my-ad") { SECRETS[0].1 } else { SECRETS[2].1 };
            std::fs::write(self.folder.path().join(file), secret).unwrap();
        }
    }
}

#[tokio::test]
async fn an_export_changes_nothing_here_and_makes_the_same_elsewhere() {
    let (here, there) = (Fixture::new().await, Fixture::new().await);
    here.apply(&document()).await.unwrap();
    let export = here.service.export(EVERYTHING).await.unwrap();
    assert_eq!(export.secret_files, ["secrets/source-my-ad"]);
    for (_, secret) in &SECRETS[..3] {
        assert!(!export.document.contains(secret), "{}", export.document);
    }
    here.provide(&export);
    assert_eq!(here.apply(&export.document).await.unwrap().to_string(), "");

    there.provide(&export);
    let made = there.apply(&export.document).await.unwrap();
    assert_eq!(made.counts().1, 0, "{made}");
    assert_eq!(there.apply(&export.document).await.unwrap().to_string(), "");
    let again = there.service.export(EVERYTHING).await.unwrap();
    assert_eq!(again.document, export.document);
    assert_eq!(again.dictionary, export.dictionary);
}

#[tokio::test]
async fn without_people_and_digests() {
    let here = Fixture::new().await;
    here.apply(&document()).await.unwrap();
    let export = here.service.export(ExportOptions::default()).await.unwrap();
    assert_eq!(export.secret_files, ["secrets/source-my-ad", "secrets/client-portal"]);
    for absent in ["Abby", "Olga", "secret_sha256", "personal_access_token"] {
        assert!(!export.document.contains(absent), "{absent} in {}", export.document);
    }
    here.provide(&export);
    assert_eq!(here.apply(&export.document).await.unwrap().to_string(), "");
}

/// As the API may leave them: the policy for everyone first, selectors in any order, a time with a fraction.
struct AsTheApiLeavesIt;

impl Write for AsTheApiLeavesIt {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        for mut source in sources::list(tx).await?.into_iter().filter(|source| !source.policy_holders.is_empty()) {
            source.policy_holders.reverse();
            let reversed = |holder: &mut PolicyHolder| holder.selectors.iter_mut().for_each(|all| all.reverse());
            source.policy_holders.iter_mut().for_each(reversed);
            sources::upsert(tx, &source, Timestamp(1)).await?;
        }
        for mut token in clients::list_tokens(tx, None).await? {
            token.expires_at.0 += 123_456;
            clients::upsert_token(tx, &token).await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn what_the_api_made_is_exported_as_it_is() {
    let here = Fixture::new().await;
    here.apply(&document()).await.unwrap();
    here.service.store().write(AsTheApiLeavesIt).await.unwrap();
    let export = here.service.export(EVERYTHING).await.unwrap();
    here.provide(&export);
    assert_eq!(here.apply(&export.document).await.unwrap().to_string(), "");
}

#[tokio::test]
async fn an_empty_installation_is_an_almost_empty_document() {
    let here = Fixture::new().await;
    let export = here.service.export(EVERYTHING).await.unwrap();
    assert!(export.dictionary.is_none() && export.secret_files.is_empty());
    assert!(!export.document.contains("[["), "{}", export.document);
}
