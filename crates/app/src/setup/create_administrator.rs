//! The first administrator, made where the database is: nobody could sign in to make one.

use std::collections::{BTreeMap, BTreeSet};

use passwright_domain::access::Level;
use passwright_domain::audit::Outcome;
use passwright_domain::directory::IdentityStatus;
use passwright_domain::ids::PersonalAccessTokenId;
use passwright_storage::directory::{administrators, identities};
use passwright_storage::{StorageError, Tx, Write};
use passwright_vault::digest::client_secret_digest;
use passwright_vault::key_source::Purpose;
use passwright_vault::secret::{Password, SecretText};

use super::apply::ApplySetup;
use super::desired::{Wanted, WantedGrant, WantedIdentity, WantedToken};
use super::{Setup, SetupError};
use crate::edit::checked_name;
use crate::{Error, Fault, Service};

/// In characters. NIST SP 800-63B asks for 8 of everybody; who may change everything has more.
const SHORTEST_PASSWORD: usize = 12;
const LONGEST_PASSWORD: usize = 256;
/// How long the token's access tokens last, in seconds.
const TOKEN_SECONDS: i64 = 43_200;

/// Who is made.
pub struct NewAdministrator {
    /// The login name.
    pub alias: String,
    /// The alias when absent.
    pub name: Option<String>,
    pub email: Option<String>,
    /// The sign-in password.
    pub password: Option<Password>,
    /// Make a personal access token with every scope.
    pub token: bool,
    /// Although there is an administrator.
    pub another: bool,
}

/// Id and secret of a new token; the secret is told here and never again.
pub struct AdministratorToken {
    pub id: String,
    pub secret: SecretText,
}

struct CreateAdministrator {
    alias: String,
    another: bool,
    apply: ApplySetup,
}

impl Write for CreateAdministrator {
    type Output = Result<(), SetupError>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        let refused = |why: String| Ok(Err(SetupError::Service(Error::Conflict(why))));
        if administrators::count_alone(tx, self.apply.now.0).await? > 0 && !self.another {
            return refused("there is an administrator already; give --another for one more".to_owned());
        }
        if identities::lookup_by_alias(tx, &self.alias).await?.is_some() {
            let hint = "give it the level ORG_ADMIN with `passwright apply`";
            return refused(format!("an identity {:?} exists; {hint}", self.alias));
        }
        Ok(self.apply.apply(tx).await?.map(drop))
    }
}

impl Service {
    /// Makes an identity with the level ORG_ADMIN, its sign-in password and, when asked for, a token.
    ///
    /// # Errors
    /// `BadRequest` for a name or password that will not do, `Conflict` when there is an administrator and `another` is
    /// false, or the alias is taken.
    pub async fn create_administrator(&self, new: NewAdministrator) -> Result<Option<AdministratorToken>, Error> {
        let alias = checked_name("alias", Some(new.alias))?;
        let name = checked_name("name", Some(new.name.unwrap_or_else(|| alias.clone())))?;
        if let Some(password) = &new.password {
            let length = password.expose().chars().count();
            if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length) {
                let bounds = format!("{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters");
                return Err(Error::bad(Fault::OutOfBounds, format!("an administrator's password has {bounds}")));
            }
        } else if !new.token {
            return Err(Error::bad(Fault::Missing, "an administrator needs a password or a token"));
        }
        let token = new.token.then(|| AdministratorToken {
            id: PersonalAccessTokenId::from_random(self.rng.bytes16()).to_string(),
            secret: self.new_secret(),
        });
        let tokens = token.as_ref().map(|token| {
            let grant = WantedGrant {
                name: "administrator".to_owned(),
                id: Some(token.id.clone()),
                secret_sha256: client_secret_digest(&token.secret),
                scopes: ["sp:scopes:all".to_owned()].into_iter().collect(),
                token_seconds: TOKEN_SECONDS,
            };
            let wanted = WantedToken { grant, owner: alias.clone(), expires_at: crate::personal_access_tokens::NEVER };
            Wanted::made("personal_access_token", &alias, wanted)
        });
        let identity = WantedIdentity {
            alias: alias.clone(),
            name,
            email: new.email,
            status: IdentityStatus::Active,
            levels: BTreeSet::from([Level::OrgAdmin]),
            attributes: BTreeMap::new(),
            first_password: new.password,
        };
        let setup = Setup {
            identities: vec![Wanted::made("identity", &alias, identity)],
            tokens: tokens.into_iter().collect(),
            ..Setup::default()
        };
        let hashes = self.first_passwords(&setup, false).await.map_err(service_error)?;
        let apply = ApplySetup {
            setup,
            hashes,
            kek: self.root.derive(Purpose::SourceSecrets),
            rng: self.rng.clone(),
            now: self.now(),
            audit: self.audit_record(
                "system:admin".to_owned(),
                "ADMINISTRATOR_CREATED",
                format!("identity:{alias}"),
                Outcome::Passed,
                &self.tracking_id(),
                "",
            ),
        };
        let write = CreateAdministrator { alias, another: new.another, apply };
        self.store.write(write).await?.map_err(service_error)?;
        Ok(token)
    }
}

fn service_error(error: SetupError) -> Error {
    match error {
        SetupError::Service(error) => error,
        other => Error::Conflict(other.to_string()),
    }
}
