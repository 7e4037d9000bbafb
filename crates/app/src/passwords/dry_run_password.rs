//! Trying a password: which rules it would break at each account it would be brought to. Nothing is written, sent or kept.

use passwright_domain::access::{Action, Caller};
use passwright_domain::change::fan_out;
use passwright_domain::ids::{IdentityId, SourceId};
use passwright_domain::policy::{PolicyContext, Violation, evaluate};
use passwright_storage::directory::{accounts, identities};
use passwright_vault::secret::Password;

use super::set_password::{named_account, unknown_identity};
use crate::worker::payload::is_password;
use crate::{Error, Fault, Service};

/// The padding of PKCS#1 v1.5 takes at least so many bytes of the key's length.
const PADDING: usize = 11;

/// The question; the fields are those of a change, but for the password.
pub struct PasswordDryRun {
    pub identity_id: Option<String>,
    pub source_id: Option<String>,
    pub account_id: Option<String>,
    pub password: Password,
}

/// What the rules say of the password at one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountVerdict {
    pub source_id: SourceId,
    pub source_name: String,
    pub native_identity: String,
    pub account_name: String,
    /// Every broken rule, each once.
    pub broken: Vec<Violation>,
}

impl Service {
    /// Judges the password by the policy of every account that a change of the named one would reach, first one first.
    ///
    /// # Errors
    /// `Forbidden` for another's identity with a user token; `BadRequest` as [`set_password`](Self::set_password), and for
    /// what no change could carry: an empty password, control characters, more bytes than the key has room for.
    pub async fn dry_run_password(
        &self,
        caller: &Caller,
        request: PasswordDryRun,
    ) -> Result<Vec<AccountVerdict>, Error> {
        let given = request.identity_id.filter(|text| !text.is_empty());
        let parsed = match &given {
            Some(text) => text.parse::<IdentityId>().ok(),
            None => caller.identity_id().cloned(),
        };
        let subject = parsed.clone().unwrap_or_else(|| IdentityId::from_random([0; 16]));
        let action = Action::DryRunPassword { identity: &subject };
        self.require(caller, action, &format!("identity:{subject}")).await?;
        let identity_id = match (parsed, given) {
            (Some(id), _) => id,
            (None, None) => return Err(Error::bad(Fault::Missing, "identityId is required")),
            (None, Some(_)) => return Err(unknown_identity()),
        };
        let password = request.password;
        if password.expose().is_empty() {
            return Err(Error::bad(Fault::Missing, "password is required"));
        }
        if !is_password(password.expose()) {
            return Err(Error::bad(Fault::Illegal, "password must not hold control characters"));
        }
        let most = (self.settings.rsa_bits / 8).saturating_sub(PADDING);
        if password.expose().len() > most {
            return Err(Error::bad(Fault::OutOfBounds, format!("password must have at most {most} bytes")));
        }
        let mut reader = self.store.read().await?;
        let identity = identities::lookup(&mut reader.tx(), &identity_id).await?.ok_or_else(unknown_identity)?;
        let own = accounts::of_identity(&mut reader.tx(), &identity.id).await?;
        drop(reader);
        let catalog = self.catalog().await?;
        let named = named_account(&catalog, &own, request.source_id, request.account_id)?;
        let group = catalog.source(&named.source_id).and_then(|source| source.group.as_deref());
        let reached = fan_out(named, &own, group, |source| catalog.write_order(source)).accounts.into_iter();
        let verdicts = reached.filter_map(|account| {
            let source = catalog.source(&account.source_id)?;
            let facts = PolicyContext::of_account(&identity, account);
            let policy = catalog.policy_for(source, &identity);
            let judged = policy.map(|p| evaluate(&[p], &facts, catalog.dictionary.as_ref(), password.expose()));
            Some(AccountVerdict {
                source_id: account.source_id.clone(),
                source_name: source.source.name.clone(),
                native_identity: account.native_identity.clone(),
                account_name: account.name.clone(),
                broken: judged.unwrap_or_default(),
            })
        });
        Ok(verdicts.collect())
    }
}
