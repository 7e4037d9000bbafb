//! The systems of the demo: a directory over LDAPS, two application tables, an htpasswd file.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use passwright_connectors::hash::{Argon2id, Bcrypt, BcryptVersion, HashScheme, background};
use passwright_connectors::sql::create_demo_table;
use passwright_minidir::{PasswordPolicy, Running, SeedUser, Settings};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::folder::{self, Folder};
use super::people::{BASE, PEOPLE, Person, SERVICE};
use super::state::State;
use crate::exit::Failure;

pub(super) const AD_FOLDER: &str = "my-ad";
pub(super) const AD_SECRET: &str = "my-ad-service.secret";
pub(super) const CRM: &str = "crm.sqlite3";
pub(super) const REPORTS: &str = "reports.sqlite3";
pub(super) const INTRANET: &str = "intranet.htpasswd";
/// The least that the htpasswd connector reads; its own changes cost more.
const SEED_COST: u32 = 8;

/// The password that a person's accounts start with.
pub(super) fn first_password(folder: &Folder, person: &Person) -> Result<Zeroizing<String>, Failure> {
    folder.secret(&person.password_file(), folder::password)
}

/// Starts `My-AD`, on the port of the last time when that is free.
pub(super) async fn start_directory(folder: &Folder, state: &State) -> Result<Running, Failure> {
    let service_password = folder.secret(AD_SECRET, folder::password)?;
    let mut settings = Settings::new(folder.path(AD_FOLDER), BASE, SERVICE, service_password.as_str());
    // The policy of the demo is the service's; the directory adds none, so that it can be seen at work.
    settings.policy = PasswordPolicy { complexity: false, history: 0, ..PasswordPolicy::default() };
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let port = state.ldap_port.filter(free).unwrap_or(0);
    settings.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    for person in &PEOPLE {
        let password = first_password(folder, person)?;
        let mut user = SeedUser::new(person.dn(), person.alias, password.as_str());
        user.display_name = Some(person.name());
        user.given_name = Some(person.given_name.to_owned());
        user.sn = Some(person.family_name.to_owned());
        user.mail = Some(person.email());
        settings.users.push(user);
    }
    // Its errors chain their causes; one line holds them all.
    passwright_minidir::start(settings).await.map_err(|e| Failure::Run(format!("the demo's directory: {e:#}")))
}

/// Gives the other systems their accounts, the first time.
pub(super) async fn seed(folder: &Folder, state: &State) -> Result<(), Failure> {
    if state.seeded {
        return Ok(());
    }
    let argon2id = HashScheme::Argon2id(Argon2id::default());
    let bcrypt = HashScheme::Bcrypt(Bcrypt { cost: SEED_COST, version: BcryptVersion::TwoY });
    let crm = hashes(folder, argon2id, |person| person.in_crm);
    let reports = hashes(folder, argon2id, |person| person.in_reports);
    let intranet = hashes(folder, bcrypt, |person| person.in_intranet);
    let (crm, reports, intranet) = tokio::try_join!(crm, reports, intranet)?;
    for (file, rows) in [(CRM, crm), (REPORTS, reports)] {
        let rows: Vec<_> = rows.iter().map(|(login, hash)| (login.as_str(), hash.as_str())).collect();
        create_demo_table(&folder.path(file), &rows).await.map_err(|fault| Failure::Run(fault.detail))?;
    }
    let lines: String = intranet.iter().map(|(login, hash)| format!("{login}:{}\n", hash.as_str())).collect();
    folder.write(INTRANET, &lines)
}

/// Login and hash of everyone who has an account.
async fn hashes(
    folder: &Folder,
    scheme: HashScheme,
    has_account: fn(&Person) -> bool,
) -> Result<Vec<(String, Zeroizing<String>)>, Failure> {
    let mut hashing = JoinSet::new();
    for person in PEOPLE.iter().filter(|person| has_account(person)) {
        let password = first_password(folder, person)?;
        hashing.spawn(async move { Ok((person.login(), background::hash(scheme, &password).await?)) });
    }
    let hashed: Result<Vec<_>, passwright_connectors::hash::HashError> = hashing.join_all().await.into_iter().collect();
    let mut hashed = hashed.map_err(|e| Failure::run("cannot hash", &e))?;
    hashed.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(hashed)
}
