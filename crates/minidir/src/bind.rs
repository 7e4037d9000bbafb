//! The bind operation (RFC 4511 section 4.2): simple binds by name, `user@domain` or account name.

use ldap3_proto::proto::{LdapBindCred, LdapBindRequest, LdapResult, LdapResultCode};
use zeroize::Zeroizing;

use crate::answer;
use crate::directory::Directory;
use crate::dn::Dn;
use crate::filetime;
use crate::user::User;

/// Who a connection speaks for.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) enum Identity {
    #[default]
    Anonymous,
    Service,
    /// A user, and the name as it is stored.
    User(Dn, String),
}

/// Why a user may not sign in, as Active Directory counts it.
const WRONG: &str = "52e";
const DISABLED: &str = "533";
const EXPIRED: &str = "701";
const MUST_CHANGE: &str = "773";
const LOCKED: &str = "775";

/// Answers a bind; a failed one leaves the connection anonymous.
pub(crate) async fn bind(directory: &Directory, request: LdapBindRequest) -> (Identity, LdapResult) {
    let refuse = |result| (Identity::Anonymous, result);
    if request.version != 3 {
        return refuse(answer::result(LdapResultCode::ProtocolError, "00000057: only version 3 is spoken here"));
    }
    let LdapBindCred::Simple(password) = request.cred else {
        return refuse(answer::result(LdapResultCode::AuthMethodNotSupported, "00002027: only simple binds are taken"));
    };
    let password = Zeroizing::new(password);
    if directory.faults.take_busy_bind() {
        return refuse(answer::busy());
    }
    match (request.dn.is_empty(), password.is_empty()) {
        (true, true) => (Identity::Anonymous, answer::success()),
        // RFC 4513 section 5.1.2: a name without a password proves nothing and must not look like a sign-in.
        (false, true) => refuse(answer::unwilling("00000057: a bind with a name needs a password")),
        _ => sign_in(directory, &request.dn, &password).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a bind could not be decided");
            refuse(answer::unavailable())
        }),
    }
}

async fn sign_in(
    directory: &Directory,
    name: &str,
    password: &Zeroizing<String>,
) -> anyhow::Result<(Identity, LdapResult)> {
    let refuse = |data| Ok((Identity::Anonymous, answer::refused_bind(data)));
    if Dn::parse(name).as_ref() == Some(&directory.service) {
        return if directory.hasher.verify(password, &directory.service_hash).await? {
            Ok((Identity::Service, answer::success()))
        } else {
            refuse(WRONG)
        };
    }
    let Some((dn, user)) = find(directory, name) else {
        directory.hasher.verify_nobody(password).await?;
        return refuse(WRONG);
    };
    let now = filetime::now();
    if user.is_locked(now, directory.policy.lockout_duration) {
        return refuse(LOCKED);
    }
    if !directory.hasher.verify(password, &user.hash).await? {
        count_bad_password(directory, &dn).await?;
        return refuse(WRONG);
    }
    if user.is_disabled() {
        return refuse(DISABLED);
    }
    if user.is_expired(now) {
        return refuse(EXPIRED);
    }
    if user.must_change_password() {
        return refuse(MUST_CHANGE);
    }
    if user.bad_pwd_count != 0 || user.lockout_time != 0 {
        directory.store.change(&dn, User::unlock).await?;
    }
    Ok((Identity::User(dn, user.dn), answer::success()))
}

pub(crate) async fn count_bad_password(directory: &Directory, dn: &Dn) -> anyhow::Result<()> {
    let policy = directory.policy.clone();
    directory.store.change(dn, move |user| user.count_bad_password(filetime::now(), &policy)).await
}

/// A user by distinguished name, principal name or account name (with or without a domain in front).
fn find(directory: &Directory, name: &str) -> Option<(Dn, User)> {
    if let Some(dn) = Dn::parse(name) {
        return directory.store.lookup(&dn).map(|user| (dn, user));
    }
    let account = name.rsplit_once('\\').map_or(name, |(_, account)| account).to_lowercase();
    let fits = |user: &User| {
        user.user_principal_name.to_lowercase() == account || user.sam_account_name.to_lowercase() == account
    };
    directory.store.read(|users| users.iter().find(|(_, user)| fits(user)).map(|(dn, user)| (dn.clone(), user.clone())))
}
