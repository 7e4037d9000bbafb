use passwright_app::applications::{ShownApplication, ShownUserApplication};
use passwright_app::passwords::rfc3339;
use passwright_wire::Reference;
use passwright_wire::application::{SourceApp, SourceAppSource, UserApp, UserAppOwner};

pub(super) fn encode(shown: ShownApplication) -> SourceApp {
    let (application, offer) = (shown.stored.application, shown.stored.offer);
    let policies = shown.policies.into_iter();
    SourceApp {
        id: application.id.to_string(),
        cloud_app_id: application.id.into(),
        name: application.name,
        created: rfc3339(shown.stored.created_at),
        modified: rfc3339(shown.stored.modified_at),
        enabled: offer.enabled,
        provision_request_enabled: offer.provision_request_enabled,
        description: application.description,
        match_all_accounts: offer.match_all_accounts,
        app_center_enabled: offer.app_center_enabled,
        account_source: SourceAppSource {
            id: application.source_id.into(),
            kind: "SOURCE".to_owned(),
            name: shown.source_name,
            use_for_password_management: shown.takes_passwords,
            password_policies: policies.map(|(id, name)| Reference::new("PASSWORD_POLICY", id, name)).collect(),
        },
        owner: None,
    }
}

pub(super) fn encode_of_user(shown: ShownUserApplication) -> UserApp {
    let app = shown.application;
    UserApp {
        id: app.id,
        created: rfc3339(app.created_at),
        modified: rfc3339(app.modified_at),
        has_multiple_accounts: app.accounts > 1,
        use_for_password_management: shown.takes_passwords,
        provision_request_enabled: app.provision_request_enabled,
        app_center_enabled: app.app_center_enabled,
        source_app: Reference::new("APPLICATION", app.application.0, app.application.1),
        source: Reference::new("SOURCE", app.source.0, app.source.1),
        account: Reference::new("ACCOUNT", app.account.0, app.account.1),
        owner: UserAppOwner {
            kind: "IDENTITY".to_owned(),
            id: app.owner.0.into(),
            name: app.owner.1,
            alias: app.owner_alias,
        },
    }
}
