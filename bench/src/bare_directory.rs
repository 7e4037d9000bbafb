//! The loop that a queue of changes is compared with: the same work per change and nothing else. No queue, no database, no
//! policy, no catalogue; each task has a connection of the service account and one to sign in on, kept over all changes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result};
use ldap3::controls::RawControl;
use ldap3::exop::PasswordModify;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Scope};
use passwright_connectors::tls::{Roots, client_config};
use passwright_testkit::slapd::{SERVICE_DN, SERVICE_PASSWORD};
use passwright_vault::Key;
use passwright_vault::rsa::RsaPrivateKey;
use passwright_vault::sealing::{self, Sealed};
use passwright_vault::secret::Password;

const PASSWORD_POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";
const BINDING: &[u8] = b"payload";

/// Sealed payloads, as they lie in a queue, and the keys that open them.
pub(crate) struct Work {
    key: RsaPrivateKey,
    kek: Key,
    /// Distinguished name and payload.
    changes: Vec<(String, Sealed)>,
}

impl Work {
    pub(crate) fn prepare(changes: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let (key, kek) = (RsaPrivateKey::generate(2048)?, Key::random());
        let seal = |(dn, password): (String, String)| {
            let ciphertext = key.public_key().encrypt(password.as_bytes())?;
            Ok((dn, sealing::seal(&kek, BINDING, &ciphertext)?))
        };
        let changes = changes.map(seal).collect::<Result<Vec<_>>>()?;
        Ok(Self { key, kek, changes })
    }

    fn open(&self, payload: &Sealed) -> Result<Password> {
        let ciphertext = sealing::open(&self.kek, payload, BINDING)?;
        Ok(Password::from_utf8(self.key.decrypt_implicit(ciphertext.expose())?)?)
    }
}

/// Changes per second.
pub(crate) async fn run(url: &str, ca_file: &Path, pairs: usize, work: Work) -> Result<f64> {
    let mut connected = Vec::new();
    for _ in 0..pairs {
        connected.push(Pair::connect(url, ca_file).await?);
    }
    let (work, next) = (Arc::new(work), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let tasks: Vec<_> = connected
        .into_iter()
        .map(|mut pair| {
            let (work, next) = (work.clone(), next.clone());
            tokio::spawn(async move {
                while let Some((dn, payload)) = work.changes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let password = work.open(payload)?;
                    pair.change(dn, password.expose()).await.with_context(|| format!("change of {dn}"))?;
                }
                anyhow::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(work.changes.len() as f64 / started.elapsed().as_secs_f64())
}

struct Pair {
    service: Ldap,
    proof: Ldap,
}

impl Pair {
    async fn connect(url: &str, ca_file: &Path) -> Result<Self> {
        let (mut service, proof) = (connect(url, ca_file).await?, connect(url, ca_file).await?);
        service.simple_bind(SERVICE_DN, SERVICE_PASSWORD).await?.success()?;
        Ok(Self { service, proof })
    }

    /// Looks, changes, proves.
    async fn change(&mut self, dn: &str, password: &str) -> Result<()> {
        let attributes = ["pwdAccountLockedTime", "pwdChangedTime", "nsAccountLock"];
        self.service.search(dn, Scope::Base, "(objectClass=*)", attributes).await?.success()?;
        let request = PasswordModify { user_id: Some(dn), old_pass: None, new_pass: Some(password) };
        self.service.with_controls(policy()).extended(request).await?.success()?;
        self.proof.with_controls(policy()).simple_bind(dn, password).await?.success()?;
        Ok(())
    }
}

async fn connect(url: &str, ca_file: &Path) -> Result<Ldap> {
    let tls = client_config(Roots::file_or_native(Some(ca_file)))?;
    let settings = LdapConnSettings::new().set_config(tls);
    let (connection, ldap) = LdapConnAsync::with_settings(settings, url).await?;
    tokio::spawn(connection.drive());
    Ok(ldap)
}

fn policy() -> RawControl {
    RawControl { ctype: PASSWORD_POLICY.to_owned(), crit: false, val: None }
}
