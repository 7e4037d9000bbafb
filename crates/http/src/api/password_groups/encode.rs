use passwright_app::password_groups::{PasswordGroupRequest, StoredPasswordGroup};
use passwright_app::passwords::rfc3339;
use passwright_wire::PasswordSyncGroup;

pub(super) fn encode(stored: StoredPasswordGroup) -> PasswordSyncGroup {
    PasswordSyncGroup {
        id: Some(stored.group.id.into()),
        name: Some(stored.group.name),
        password_policy_id: stored.group.policy_id.map(Into::into),
        source_ids: stored.group.source_ids.into_iter().map(Into::into).collect(),
        created: Some(rfc3339(stored.created_at)),
        modified: Some(rfc3339(stored.modified_at)),
    }
}

pub(super) fn decode(group: PasswordSyncGroup) -> PasswordGroupRequest {
    PasswordGroupRequest {
        name: group.name,
        password_policy_id: group.password_policy_id,
        source_ids: group.source_ids,
    }
}
