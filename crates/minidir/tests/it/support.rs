//! A directory in a temporary folder, and clients that trust its authority only.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ldap3::controls::RawControl;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, Mod, Scope, SearchEntry};
use passwright_minidir::{HashCost, Running, SeedUser, Settings, start};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;

pub(crate) const BASE: &str = "DC=seri,DC=acme,DC=com";
pub(crate) const SERVICE: &str = "CN=svc-passwright,OU=Services,DC=seri,DC=acme,DC=com";
pub(crate) const SERVICE_PASSWORD: &str = "Service-pass-1";
pub(crate) const ABBY: &str = "CN=Abby Smith,OU=Austin,OU=Americas,OU=Demo,DC=seri,DC=acme,DC=com";
pub(crate) const ABBY_PASSWORD: &str = "First-pass-1";
pub(crate) const BOB: &str = "CN=Bob Jones,OU=Austin,OU=Americas,OU=Demo,DC=seri,DC=acme,DC=com";
pub(crate) const BOB_PASSWORD: &str = "Bobs-pass-1";
pub(crate) const POLICY_HINTS: &str = "1.2.840.113556.1.4.2239";
/// Bounds every wait on the network.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Fixture {
    pub(crate) dir: TempDir,
    pub(crate) server: Running,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut settings = settings(dir.path());
        change(&mut settings);
        let server = start(settings).await.unwrap();
        Self { dir, server }
    }

    /// Stops and starts on the same folder.
    pub(crate) async fn restart(self) -> Self {
        let Self { dir, server } = self;
        server.stop().await;
        let server = start(settings(dir.path())).await.unwrap();
        Self { dir, server }
    }

    pub(crate) async fn connect(&self) -> Ldap {
        connect(&self.server, &self.server.ca_file()).await.unwrap()
    }

    pub(crate) async fn bound(&self, dn: &str, password: &str) -> Ldap {
        let mut ldap = self.connect().await;
        ldap.simple_bind(dn, password).await.unwrap().success().unwrap();
        ldap
    }

    pub(crate) async fn service(&self) -> Ldap {
        self.bound(SERVICE, SERVICE_PASSWORD).await
    }

    /// The result of a bind on a connection of its own.
    pub(crate) async fn bind(&self, dn: &str, password: &str) -> LdapResult {
        self.connect().await.simple_bind(dn, password).await.unwrap()
    }

    pub(crate) async fn reset(&self, dn: &str, password: &str) -> LdapResult {
        reset(&mut self.service().await, dn, password).await
    }

    /// One value of a user's attribute.
    pub(crate) async fn value(&self, dn: &str, attribute: &str) -> Option<String> {
        let (entries, _) = self
            .service()
            .await
            .search(dn, Scope::Base, "(objectClass=*)", [attribute])
            .await
            .unwrap()
            .success()
            .unwrap();
        let entry = SearchEntry::construct(entries.into_iter().next().unwrap());
        entry.attrs.get(attribute).map(|values| values[0].clone())
    }

    pub(crate) async fn number(&self, dn: &str, attribute: &str) -> i64 {
        self.value(dn, attribute).await.unwrap().parse().unwrap()
    }
}

pub(crate) fn settings(dir: &Path) -> Settings {
    let mut settings = Settings::new(dir.join("my-ad"), BASE, SERVICE, SERVICE_PASSWORD);
    // The tests are about behaviour, not about cost.
    settings.hash_cost = HashCost { memory_kib: 64, passes: 1 };
    let mut abby = SeedUser::new(ABBY, "Abby.Smith", ABBY_PASSWORD);
    abby.display_name = Some("Abby Smith".to_owned());
    abby.mail = Some("abby.smith@acme.com".to_owned());
    abby.given_name = Some("Abby".to_owned());
    abby.sn = Some("Smith".to_owned());
    settings.users = vec![abby, SeedUser::new(BOB, "Bob.Jones", BOB_PASSWORD)];
    settings
}

pub(crate) fn client_config(ca: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

pub(crate) async fn connect(server: &Running, ca: &Path) -> Result<Ldap, LdapError> {
    let settings = LdapConnSettings::new().set_config(client_config(ca)).set_conn_timeout(PATIENCE);
    let (connection, ldap) = LdapConnAsync::with_settings(settings, &server.url()).await?;
    ldap3::drive!(connection);
    Ok(ldap)
}

/// A password as `unicodePwd` wants it.
pub(crate) fn quoted(password: &str) -> Vec<u8> {
    format!("\"{password}\"").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub(crate) fn one(value: impl Into<Vec<u8>>) -> HashSet<Vec<u8>> {
    HashSet::from([value.into()])
}

pub(crate) fn reset_mods(password: &str) -> Vec<Mod<Vec<u8>>> {
    vec![Mod::Replace(b"unicodePwd".to_vec(), one(quoted(password)))]
}

pub(crate) fn replace(attribute: &str, value: &str) -> Mod<Vec<u8>> {
    Mod::Replace(attribute.as_bytes().to_vec(), one(value))
}

pub(crate) async fn reset(ldap: &mut Ldap, dn: &str, password: &str) -> LdapResult {
    ldap.modify(dn, reset_mods(password)).await.unwrap()
}

pub(crate) async fn change(ldap: &mut Ldap, dn: &str, old: &str, new: &str) -> LdapResult {
    let name = b"unicodePwd".to_vec();
    ldap.modify(dn, vec![Mod::Delete(name.clone(), one(quoted(old))), Mod::Add(name, one(quoted(new)))]).await.unwrap()
}

pub(crate) fn policy_hints(flags: u8) -> RawControl {
    RawControl { ctype: POLICY_HINTS.to_owned(), crit: true, val: Some(vec![0x30, 3, 2, 1, flags]) }
}

/// Checks the code and the start or a part of the text.
#[track_caller]
pub(crate) fn assert_answer(result: &LdapResult, code: u32, part: &str) {
    assert_eq!(result.rc, code, "{}", result.text);
    assert!(result.text.contains(part), "{:?} does not hold {part:?}", result.text);
}
