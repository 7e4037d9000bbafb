use passwright_domain::directory::{PasswordGroup, Source};
use passwright_domain::ids::PolicyId;
use passwright_domain::policy::PasswordPolicy;
use passwright_storage::directory::{password_groups, sources};
use passwright_storage::{StorageError, Tx};

/// What can use a policy.
pub(crate) struct Users {
    pub(crate) sources: Vec<Source>,
    pub(crate) groups: Vec<PasswordGroup>,
}

impl Users {
    pub(crate) async fn read(tx: &mut Tx<'_>) -> Result<Self, StorageError> {
        Ok(Self { groups: password_groups::list(tx).await?, sources: sources::list(tx).await? })
    }

    pub(crate) fn group_of(&self, source: &Source) -> Option<&PasswordGroup> {
        self.groups.iter().find(|group| group.source_ids.contains(&source.id))
    }

    /// The sources a policy is in force on: by their group, or by themselves, also for exceptions alone.
    fn sources_of(&self, policy: &PolicyId) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(move |source| match self.group_of(source) {
            Some(group) => group.policy_id.as_ref() == Some(policy),
            None => source.policy_holders.iter().any(|holder| holder.policy_id == *policy),
        })
    }

    /// The policy as it is shown, with its sources.
    pub(super) fn shown(&self, id: &PolicyId, policy: PasswordPolicy) -> PasswordPolicy {
        let mut source_ids: Vec<String> = self.sources_of(id).map(|source| source.id.to_string()).collect();
        source_ids.sort();
        PasswordPolicy { id: id.to_string(), source_ids, ..policy }
    }

    /// Who uses the policy, in words; a source in a group counts too, because it keeps its own for when it leaves.
    pub(super) fn user_of(&self, policy: &PolicyId) -> Option<String> {
        let group = self.groups.iter().find(|group| group.policy_id.as_ref() == Some(policy));
        let source = || {
            let holds = |source: &&Source| source.policy_holders.iter().any(|holder| holder.policy_id == *policy);
            self.sources.iter().find(holds)
        };
        match group {
            Some(group) => Some(format!("the password group \"{}\"", group.name)),
            None => source().map(|source| format!("the source \"{}\"", source.name)),
        }
    }
}
