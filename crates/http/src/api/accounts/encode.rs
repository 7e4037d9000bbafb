use passwright_app::accounts::{AttributeValue, ShownAccount};
use passwright_app::passwords::rfc3339;
use passwright_wire::Reference;
use passwright_wire::account::Account;
use serde_json::Value;

pub(super) fn encode(shown: ShownAccount) -> Account {
    let ShownAccount { account, built_in, authoritative, features, can_expire: _ } = shown;
    let value = |value| match value {
        AttributeValue::One(text) => Value::from(text),
        AttributeValue::Many(texts) => Value::from(texts),
    };
    Account {
        id: account.id.into(),
        name: account.name,
        created: rfc3339(account.created_at),
        modified: rfc3339(account.modified_at),
        source_id: account.source_id.into(),
        source_name: account.source_name,
        uncorrelated: account.owner.is_none(),
        identity_id: account.owner.as_ref().map(|(id, _)| id.to_string()),
        identity: account.owner.map(|(id, name)| Reference::new("IDENTITY", id, name)),
        connection_type: "direct".to_owned(),
        is_machine: false,
        attributes: account.attributes.into_iter().map(|(name, values)| (name, value(values))).collect(),
        authoritative,
        description: None,
        disabled: account.disabled,
        locked: account.locked,
        native_identity: account.native_identity,
        system_account: built_in,
        uuid: account.uuid,
        manually_correlated: account.manually_correlated,
        has_entitlements: false,
        features: features.join(", "),
        origin: Some("AGGREGATED".to_owned()),
    }
}
