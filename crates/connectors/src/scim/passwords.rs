//! Looks at an account, sets its password and proves it.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

use crate::scim::config::{ChangeTime, FindBy, PasswordWrite};
use crate::scim::user::User;
use crate::scim::{Scim, faults};
use crate::{AccountRef, AccountState, Fault, FaultClass, Proof, SetPassword, SignIns};

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

impl Scim {
    /// Looks at the account; changes nothing.
    ///
    /// # Errors
    /// `Permanent` when the account does not exist.
    pub async fn check(&self, account: AccountRef<'_>) -> Result<AccountState, Fault> {
        let user = self.find(account).await?;
        Ok(AccountState {
            disabled: user.active() == Some(false),
            password_changed_at: self.changed_at(&user),
            // Without a place to sign in no sign-in is tried.
            sign_ins: if self.sign_ins.is_some() { SignIns::NotTold } else { SignIns::NeverLock },
            ..AccountState::default()
        })
    }

    /// Writes the new password. SCIM knows no lock and no demand for another password: both wishes are passed over.
    ///
    /// # Errors
    /// `Written::Unknown` when the password was sent and the service did not say no.
    pub async fn set_password(&self, account: AccountRef<'_>, new: &str, options: SetPassword) -> Result<(), Fault> {
        if new.is_empty() {
            return Err(Fault::new(FaultClass::Refused, "the password is empty", "not sent"));
        }
        let seen = options.unless_changed_since.filter(|_| self.change_time != ChangeTime::None);
        let user = match (self.find_by, self.write, seen) {
            (FindBy::Id, PasswordWrite::Patch, None) => None,
            (FindBy::Id, PasswordWrite::Put, _) => Some(self.by_id(account.native_identity, &[]).await?),
            (_, PasswordWrite::Patch, _) => Some(self.find(account).await?),
            (_, PasswordWrite::Put, _) => {
                let id = self.find(account).await?.id().to_owned();
                Some(self.by_id(&id, &[]).await?)
            }
        };
        if let (Some(seen), Some(user)) = (seen, &user)
            && user.last_modified().is_some_and(|now| now != seen)
        {
            return Err(faults::changed_meanwhile("meta.lastModified is not the one seen before"));
        }
        let id = user.as_ref().map_or(account.native_identity, User::id);
        // Whoever wants to know of changes gets them compared by the service in the same step.
        let version = user.as_ref().and_then(|user| user.version.as_deref());
        let version = version.filter(|_| seen.is_some() || self.write == PasswordWrite::Put);
        let done = match (&user, self.write) {
            (Some(user), PasswordWrite::Put) => self.service.write(Method::PUT, id, &whole(user, new), version).await?,
            _ => self.service.write(Method::PATCH, id, &patch(new), version).await?,
        };
        // "Done" with a page of somebody else's, such as a gate of the network, is not done.
        let is_account = || serde_json::from_slice(&done.body).ok().and_then(|resource| User::new(resource, None));
        if done.status == StatusCode::NO_CONTENT || is_account().is_some_and(|user| user.id() == id) {
            return Ok(());
        }
        Err(faults::not_scim("the answer to a write is not the account").after_sending())
    }

    /// Signs in with the new password where the settings name a place for it.
    ///
    /// # Errors
    /// Only when that place could not be asked.
    pub async fn prove(&self, account: AccountRef<'_>, password: &str) -> Result<Proof, Fault> {
        if password.is_empty() {
            return Ok(Proof::Rejected);
        }
        let Some(sign_ins) = &self.sign_ins else {
            return Ok(Proof::NotProvable("the source offers no sign-in to prove it with".to_owned()));
        };
        let user = self.find(account).await?;
        let Some(name) = user.text("userName") else {
            return Ok(Proof::NotProvable("the source does not tell the name to sign in with".to_owned()));
        };
        match sign_ins.sign_in(name, password).await? {
            Proof::Rejected if user.active() == Some(false) => {
                Ok(Proof::NotProvable("the account is disabled".to_owned()))
            }
            proof => Ok(proof),
        }
    }

    fn changed_at(&self, user: &User) -> Option<i64> {
        match self.change_time {
            ChangeTime::LastModified => user.last_modified(),
            ChangeTime::None => None,
        }
    }
}

/// RFC 7644 section 3.5.2. Holds the password by reference only.
#[derive(Serialize)]
struct Patch<'a> {
    schemas: [&'static str; 1],
    #[serde(rename = "Operations")]
    operations: [Replace<'a>; 1],
}

#[derive(Serialize)]
struct Replace<'a> {
    op: &'static str,
    path: &'static str,
    value: &'a str,
}

fn patch(new: &str) -> Patch<'_> {
    Patch { schemas: [PATCH], operations: [Replace { op: "replace", path: "password", value: new }] }
}

/// What the service shows, with the password and without what it alone sets.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    shown: BTreeMap<&'a str, &'a Value>,
    password: &'a str,
}

fn whole<'a>(user: &'a User, new: &'a str) -> Whole<'a> {
    let shown = user.resource.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value));
    let its_own = |name: &str| ["meta", "groups", "password"].iter().any(|own| name.eq_ignore_ascii_case(own));
    Whole { shown: shown.filter(|(name, _)| !its_own(name)).collect(), password: new }
}
