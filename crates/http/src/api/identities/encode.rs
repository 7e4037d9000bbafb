use passwright_app::identities::{IdentityStatus, StoredIdentity};
use passwright_app::passwords::rfc3339;
use passwright_wire::identity::{Identity, IdentityV2, PublicIdentity};
use serde_json::Value;

fn status(of: IdentityStatus) -> String {
    match of {
        IdentityStatus::Active => "ACTIVE",
        IdentityStatus::Disabled => "DISABLED",
    }
    .to_owned()
}

pub(super) fn encode(stored: StoredIdentity) -> Identity {
    let StoredIdentity { identity, created_at, modified_at } = stored;
    Identity {
        id: identity.id.into(),
        name: identity.name,
        created: rfc3339(created_at),
        modified: rfc3339(modified_at),
        alias: identity.alias,
        email_address: identity.email,
        processing_state: Some("OK".to_owned()),
        identity_status: status(identity.status),
        manager_ref: None,
        is_manager: false,
        last_refresh: rfc3339(modified_at),
        attributes: identity.attributes.into_iter().map(|(name, value)| (name, Value::from(value))).collect(),
    }
}

pub(super) fn encode_v2(stored: StoredIdentity) -> IdentityV2 {
    let StoredIdentity { identity, created_at, modified_at } = stored;
    let disabled = identity.status == IdentityStatus::Disabled;
    IdentityV2 {
        id: identity.id.into(),
        name: identity.name,
        alias: identity.alias,
        email_address: identity.email,
        identity_status: status(identity.status),
        processing_state: Some("OK".to_owned()),
        protected: false,
        correlated: true,
        inactive: disabled,
        is_manager: false,
        disabled,
        created: rfc3339(created_at),
        modified: rfc3339(modified_at),
        last_refresh: rfc3339(modified_at),
    }
}

pub(super) fn encode_public(stored: StoredIdentity) -> PublicIdentity {
    let identity = stored.identity;
    let (status, state) = match identity.status {
        IdentityStatus::Active => ("Active", "ACTIVE"),
        IdentityStatus::Disabled => ("Inactive", "INACTIVE_SHORT_TERM"),
    };
    PublicIdentity {
        id: identity.id.into(),
        name: identity.name,
        alias: identity.alias,
        email: identity.email,
        status: Some(status.to_owned()),
        identity_state: Some(state.to_owned()),
        manager: None,
        attributes: Vec::new(),
    }
}
