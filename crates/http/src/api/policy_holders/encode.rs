use passwright_app::policy_holders::ShownPolicyHolder;
use passwright_wire::{IdentityAttribute, PasswordPolicyHolder, PasswordPolicySelectors};

pub(super) fn encode(holder: ShownPolicyHolder) -> PasswordPolicyHolder {
    let attribute = |(name, value)| IdentityAttribute { name: Some(name), value: Some(value) };
    let selectors = holder.selectors.map(|selectors| PasswordPolicySelectors {
        identity_attr: Some(selectors.into_iter().map(attribute).collect()),
    });
    PasswordPolicyHolder { policy_id: Some(holder.policy_id), policy_name: holder.policy_name, selectors }
}

/// What is absent is empty; the use case refuses it by name.
pub(super) fn decode(holder: PasswordPolicyHolder) -> ShownPolicyHolder {
    let attribute = |a: IdentityAttribute| (a.name.unwrap_or_default(), a.value.unwrap_or_default());
    let attributes = holder.selectors.and_then(|selectors| selectors.identity_attr);
    ShownPolicyHolder {
        policy_id: holder.policy_id.unwrap_or_default(),
        policy_name: holder.policy_name,
        selectors: attributes.map(|attributes| attributes.into_iter().map(attribute).collect()),
    }
}
