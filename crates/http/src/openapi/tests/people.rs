use passwright_wire::Reference;
use passwright_wire::account::{Account, AccountToggleRequest, AccountUnlockRequest, AccountsAsyncResult};
use passwright_wire::account_activity::{AccountActivity, AccountActivityItem, IdentitySummary};
use passwright_wire::application::{
    AppAccountDetails, AppAccountDetailsSourceAccount, SourceApp, SourceAppBulkUpdateRequest, SourceAppCreate,
    SourceAppCreateSource, SourceAppSource, UserApp, UserAppOwner,
};
use passwright_wire::identity::{Identity, IdentityV2, PublicIdentity, PublicIdentityAttribute};

use super::{check, text};

fn x() -> String {
    "x".to_owned()
}

fn reference() -> Reference {
    Reference::new("IDENTITY", "x", "x")
}

#[test]
fn schemas_of_accounts_and_identities() {
    check("Reference", &reference());
    check("PersonReference", &reference());
    let account = Account {
        id: x(),
        name: x(),
        created: x(),
        modified: x(),
        source_id: x(),
        source_name: x(),
        identity_id: text(),
        identity: Some(reference()),
        connection_type: x(),
        is_machine: false,
        attributes: serde_json::Map::new(),
        authoritative: false,
        description: text(),
        disabled: false,
        locked: false,
        native_identity: x(),
        system_account: false,
        uncorrelated: false,
        uuid: text(),
        manually_correlated: false,
        has_entitlements: false,
        features: x(),
        origin: text(),
    };
    check("Account", &account);
    let toggle = AccountToggleRequest { external_verification_id: text(), force_provisioning: Some(true) };
    check("AccountToggleRequest", &toggle);
    let unlock = AccountUnlockRequest {
        external_verification_id: text(),
        unlock_idn_account: Some(true),
        force_provisioning: Some(true),
    };
    check("AccountUnlockRequest", &unlock);
    check("AccountsAsyncResult", &AccountsAsyncResult { id: x() });
    let identity = Identity {
        id: x(),
        name: x(),
        created: x(),
        modified: x(),
        alias: x(),
        email_address: text(),
        processing_state: text(),
        identity_status: x(),
        manager_ref: Some(reference()),
        is_manager: false,
        last_refresh: x(),
        attributes: serde_json::Map::new(),
    };
    check("Identity", &identity);
    let identity = IdentityV2 {
        id: x(),
        name: x(),
        alias: x(),
        email_address: text(),
        identity_status: x(),
        processing_state: text(),
        protected: false,
        correlated: true,
        inactive: false,
        is_manager: false,
        disabled: false,
        created: x(),
        modified: x(),
        last_refresh: x(),
    };
    check("IdentityV2", &identity);
    let attribute = PublicIdentityAttribute { key: x(), name: x(), value: text() };
    check("PublicIdentityAttribute", &attribute);
    let public = PublicIdentity {
        id: x(),
        name: x(),
        alias: x(),
        email: text(),
        status: text(),
        identity_state: text(),
        manager: Some(reference()),
        attributes: vec![attribute],
    };
    check("PublicIdentity", &public);
}

#[test]
fn schemas_of_applications() {
    let source = SourceAppSource {
        id: x(),
        kind: x(),
        name: x(),
        use_for_password_management: true,
        password_policies: vec![reference()],
    };
    check("SourceAppSource", &source);
    let app = SourceApp {
        id: x(),
        cloud_app_id: x(),
        name: x(),
        created: x(),
        modified: x(),
        enabled: true,
        provision_request_enabled: false,
        description: x(),
        match_all_accounts: true,
        app_center_enabled: true,
        account_source: source,
        owner: Some(reference()),
    };
    check("SourceApp", &app);
    let account_source = SourceAppCreateSource { id: x(), kind: text(), name: text() };
    check("SourceAppCreateSource", &account_source);
    let create = SourceAppCreate { name: x(), description: x(), match_all_accounts: Some(true), account_source };
    check("SourceAppCreate", &create);
    let bulk = SourceAppBulkUpdateRequest { app_ids: Vec::new(), json_patch: Vec::new() };
    check("SourceAppBulkUpdateRequest", &bulk);
    let owner = UserAppOwner { kind: x(), id: x(), name: x(), alias: x() };
    check("UserAppOwner", &owner);
    let app = UserApp {
        id: x(),
        created: x(),
        modified: x(),
        has_multiple_accounts: false,
        use_for_password_management: true,
        provision_request_enabled: false,
        app_center_enabled: true,
        source_app: reference(),
        source: reference(),
        account: reference(),
        owner,
    };
    check("UserApp", &app);
    let source_account = AppAccountDetailsSourceAccount {
        id: x(),
        native_identity: x(),
        display_name: x(),
        source_id: x(),
        source_display_name: x(),
    };
    check("AppAccountDetailsSourceAccount", &source_account);
    check("AppAccountDetails", &AppAccountDetails { app_id: x(), app_display_name: x(), source_account });
}

#[test]
fn schemas_of_account_activities() {
    let summary = || IdentitySummary { id: x(), name: x(), identity_id: x(), completed: true };
    check("IdentitySummary", &summary());
    let item = AccountActivityItem {
        id: x(),
        name: x(),
        requested: x(),
        provisioning_status: x(),
        operation: text(),
        attribute: text(),
        value: text(),
        native_identity: text(),
        source_id: x(),
    };
    check("AccountActivityItem", &item);
    let activity = AccountActivity {
        id: x(),
        name: x(),
        created: x(),
        modified: text(),
        completed: text(),
        completion_status: text(),
        kind: text(),
        requester_identity_summary: Some(summary()),
        target_identity_summary: Some(summary()),
        errors: Vec::new(),
        warnings: Vec::new(),
        items: vec![item],
        execution_status: x(),
    };
    check("AccountActivity", &activity);
}
