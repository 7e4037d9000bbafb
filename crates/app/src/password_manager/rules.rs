//! What a new password must satisfy in every system it is brought to, and whether one does.

use passwright_domain::access::{Action, Caller};
use passwright_domain::audit::Trace;
use passwright_domain::change::{Opacity, WriteOrder};
use passwright_domain::directory::{Account, Identity};
use passwright_domain::policy::{
    ListedRule, PasswordPolicy, PolicyContext, Rule, Strength, checklist, evaluate, merge, strength,
};
use passwright_vault::secret::Password;

use super::rows::{Row, rows};
use crate::catalog::Catalog;
use crate::sessions::Session;
use crate::worker::payload::is_password;
use crate::{Error, Fault, Service};

/// The rules of the chosen rows together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordRules {
    /// The names of the chosen rows.
    pub rows: Vec<String>,
    /// The sources that a change reaches, each once, first one first.
    pub sources: Vec<String>,
    pub rules: Vec<ListedRule>,
    /// Sources with rules of their own that only they know.
    pub opaque: Vec<String>,
}

/// A broken rule, and the sources whose rule it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenRule {
    pub rule: Rule,
    pub limit: Option<i64>,
    pub sources: Vec<String>,
}

/// What the rules say of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub broken: Vec<BrokenRule>,
    /// It cannot be carried at all: control characters, or more bytes than any system takes.
    pub unusable: bool,
    /// Advice.
    pub strength: Strength,
}

/// Longest password, in bytes: what a change over the API can carry too.
const LONGEST: usize = 245;

/// The chosen rows with the person and the catalog they were read from.
pub(super) struct Chosen {
    pub(super) catalog: std::sync::Arc<Catalog>,
    pub(super) identity: Identity,
    pub(super) rows: Vec<Row>,
}

impl Chosen {
    /// Every account that is reached, with its policy and what the rules know of it.
    pub(super) fn judges(&self) -> Vec<(&PasswordPolicy, PolicyContext<'_>)> {
        self.reached().filter_map(|account| self.judge(account)).collect()
    }

    fn reached(&self) -> impl Iterator<Item = &Account> {
        self.rows.iter().flat_map(|row| &row.reached)
    }

    fn judge<'a>(&'a self, account: &'a Account) -> Option<(&'a PasswordPolicy, PolicyContext<'a>)> {
        let policy = self.catalog.policy_for(self.catalog.source(&account.source_id)?, &self.identity)?;
        Some((policy, PolicyContext::of_account(&self.identity, account)))
    }

    fn source_name(&self, account: &Account) -> String {
        self.catalog.source(&account.source_id).map(|known| known.source.name.clone()).unwrap_or_default()
    }

    pub(super) fn rules(&self) -> PasswordRules {
        let policies: Vec<&PasswordPolicy> = self.judges().into_iter().map(|(policy, _)| policy).collect();
        let mut sources: Vec<String> = Vec::new();
        let mut opaque = Vec::new();
        for account in self.reached() {
            let name = self.source_name(account);
            if sources.contains(&name) {
                continue;
            }
            if is_opaque(self.catalog.write_order(&account.source_id)) {
                opaque.push(name.clone());
            }
            sources.push(name);
        }
        PasswordRules {
            rows: self.rows.iter().map(|row| row.name.clone()).collect(),
            sources,
            rules: checklist(&merge(&policies), self.catalog.dictionary.is_some()),
            opaque,
        }
    }

    /// Judges by the policy of each account.
    pub(super) fn judge_password(&self, password: &Password) -> Judgement {
        let text = password.expose();
        let dictionary = self.catalog.dictionary.as_ref();
        let mut broken: Vec<BrokenRule> = Vec::new();
        for account in self.reached() {
            let Some((policy, facts)) = self.judge(account) else { continue };
            let source = self.source_name(account);
            for violation in evaluate(&[policy], &facts, dictionary, text) {
                match broken.iter_mut().find(|known| known.rule == violation.rule) {
                    Some(known) => {
                        known.limit = stricter(violation.rule, known.limit, violation.limit);
                        if !known.sources.contains(&source) {
                            known.sources.push(source.clone());
                        }
                    }
                    None => broken.push(BrokenRule {
                        rule: violation.rule,
                        limit: violation.limit,
                        sources: vec![source.clone()],
                    }),
                }
            }
        }
        broken.sort_by_key(|known| known.rule);
        let facts = self.reached().next().map(|account| PolicyContext::of_account(&self.identity, account));
        Judgement {
            broken,
            unusable: !text.is_empty() && (!is_password(text) || text.len() > LONGEST),
            strength: strength(text, &facts.unwrap_or_default(), dictionary),
        }
    }
}

/// The figure that is harder to meet.
fn stricter(rule: Rule, a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match rule {
        Rule::MaxLength | Rule::MaxRepeatedChars => a.into_iter().chain(b).min(),
        _ => a.max(b),
    }
}

/// Whether a system may have rules that nobody here knows.
pub(crate) fn is_opaque(order: WriteOrder) -> bool {
    match order.opacity() {
        Opacity::Domain | Opacity::Directory | Opacity::Service | Opacity::Program => true,
        Opacity::Table | Opacity::File | Opacity::Own => false,
    }
}

impl Service {
    /// The rules that a new password for these rows must satisfy.
    ///
    /// # Errors
    /// `BadRequest` for no row, or one that is not the person's.
    pub async fn password_rules(
        &self,
        session: &Session,
        keys: &[String],
        trace: &Trace,
    ) -> Result<PasswordRules, Error> {
        Ok(self.chosen(&session.caller(trace), session, keys).await?.rules())
    }

    /// Judges a password for these rows; keeps nothing.
    ///
    /// # Errors
    /// As [`password_rules`](Self::password_rules).
    pub async fn judge_password(
        &self,
        session: &Session,
        keys: &[String],
        password: &Password,
        trace: &Trace,
    ) -> Result<Judgement, Error> {
        Ok(self.chosen(&session.caller(trace), session, keys).await?.judge_password(password))
    }

    pub(super) async fn chosen(&self, caller: &Caller, session: &Session, keys: &[String]) -> Result<Chosen, Error> {
        let identity = &session.identity.id;
        self.require(caller, Action::SetPassword { identity }, &format!("identity:{identity}")).await?;
        let catalog = self.catalog().await?;
        let (identity, own) = self.person(session).await?;
        let applications = self.applications_of(caller).await?;
        let of = |account: &Account| applications.get(&account.source_id).cloned().unwrap_or_default();
        let mut rows = rows(&catalog, &own, &of);
        let known = rows.len();
        if keys.iter().any(|key| !rows.iter().any(|row| row.key == *key)) || keys.len() > known {
            return Err(Error::bad(Fault::UnknownReference, "row does not name a password of yours"));
        }
        rows.retain(|row| keys.contains(&row.key));
        if rows.is_empty() {
            return Err(Error::bad(Fault::Missing, "row is required"));
        }
        Ok(Chosen { catalog, identity, rows })
    }
}
