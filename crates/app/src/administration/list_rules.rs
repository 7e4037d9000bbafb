use std::collections::BTreeMap;

use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::ids::PolicyId;
use passwright_domain::policy::{ListedRule, PasswordPolicy, checklist, conflicts, merge};

use crate::catalog::CatalogSource;
use crate::password_manager::is_opaque;
use crate::{Error, Service};

/// Sources that share one password, or one by itself, with the rules that hold there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesOfSources {
    pub name: String,
    /// Whether it is a password group.
    pub is_group: bool,
    /// In the order of the group.
    pub sources: Vec<String>,
    /// Id and name of each policy that is in force for somebody: one, or with the exceptions of the source.
    pub policies: Vec<(String, String)>,
    /// Of the policies together.
    pub rules: Vec<ListedRule>,
    /// Why no password can satisfy them all.
    pub conflicts: Vec<String>,
    /// Sources with rules of their own that only they know.
    pub opaque: Vec<String>,
}

impl Service {
    /// The rules of every password group, then of every source that is in none, each by name.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn list_rules(&self, caller: &Caller) -> Result<Vec<RulesOfSources>, Error> {
        self.require(caller, Action::Administer(Right::ReadPasswordPolicies), "password_policy:all").await?;
        let catalog = self.catalog().await?;
        let mut alone: Vec<&CatalogSource> = Vec::new();
        let mut groups: BTreeMap<String, Vec<&CatalogSource>> = BTreeMap::new();
        for source in catalog.sources().filter(|source| source.takes_passwords() || source.source.is_built_in()) {
            match &source.group {
                Some(group) => groups.entry(group.name.clone()).or_default().push(source),
                None => alone.push(source),
            }
        }
        alone.sort_by(|a, b| a.source.name.cmp(&b.source.name));
        let of = |name: &str, is_group: bool, mut members: Vec<&CatalogSource>| {
            if let Some(group) = members.first().and_then(|member| member.group.as_ref()) {
                members.sort_by_key(|member| group.source_ids.iter().position(|id| *id == member.source.id));
            }
            let policies = members.first().map(|member| catalog.policies_on(member)).unwrap_or_default();
            let parsed = policies.iter().filter_map(|(id, _)| id.parse::<PolicyId>().ok());
            let whole: Vec<&PasswordPolicy> = parsed.filter_map(|id| catalog.policy(&id)).collect();
            let opaque = members.iter().filter(|member| is_opaque(catalog.write_order(&member.source.id)));
            RulesOfSources {
                name: name.to_owned(),
                is_group,
                sources: members.iter().map(|member| member.source.name.clone()).collect(),
                rules: checklist(&merge(&whole), catalog.dictionary.is_some()),
                conflicts: conflicts(&whole).into_iter().map(|conflict| conflict.message).collect(),
                opaque: opaque.map(|member| member.source.name.clone()).collect(),
                policies,
            }
        };
        let groups = groups.into_iter().map(|(name, members)| of(&name, true, members));
        let alone = alone.into_iter().map(|source| of(&source.source.name, false, vec![source]));
        Ok(groups.chain(alone).collect())
    }
}
