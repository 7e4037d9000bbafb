use super::{ApiVersion, Caller, Level, Principal, Right};
use crate::ids::IdentityId;

/// What is asked, on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action<'a> {
    CreateDigitToken,
    VerifyDigitToken,
    /// `None`: the identity is not known yet or does not exist.
    QueryPasswordInfo {
        identity: Option<&'a IdentityId>,
    },
    SetPassword {
        identity: &'a IdentityId,
    },
    /// The right to ask for statuses at all, before the change is looked up.
    ReadPasswordChanges,
    ReadPasswordChange {
        actor: &'a str,
        identity: &'a IdentityId,
    },
    /// All changes of an identity.
    ListPasswordChanges {
        identity: &'a IdentityId,
    },
    /// The right to cancel at all, before the change is looked up.
    CancelPasswordChanges,
    CancelPasswordChange {
        actor: &'a str,
        identity: &'a IdentityId,
    },
    /// To tell that a password was changed at a system itself.
    SyncPassword,
    /// Webhooks: whom to tell of what happened to everybody's passwords.
    ReadWebhooks,
    ManageWebhooks,
    /// To ask which rules a password would break; nothing is changed.
    DryRunPassword {
        identity: &'a IdentityId,
    },
    /// All API clients.
    ListOauthClients,
    ReadOauthClient,
    /// To create, change and delete API clients.
    ManageOauthClients,
    /// `None`: everybody's.
    ListPersonalAccessTokens {
        owner: Option<&'a IdentityId>,
    },
    /// One of the caller's own.
    CreatePersonalAccessToken,
    /// The right to change or delete any at all, before the token is looked up.
    ManagePersonalAccessTokens,
    PatchPersonalAccessToken {
        owner: &'a IdentityId,
    },
    DeletePersonalAccessToken {
        owner: &'a IdentityId,
    },
    /// The few facts of an identity that everybody may know.
    ReadPublicIdentities,
    /// The applications that the caller has.
    ReadOwnApplications,
    /// `None`: everybody's.
    ListAccountActivities {
        identity: Option<&'a IdentityId>,
    },
    /// The right to read activities at all, before one is looked up.
    ReadAccountActivities,
    ReadAccountActivity {
        actor: &'a str,
        identity: &'a IdentityId,
    },
    /// The security questions there are.
    ReadSecurityQuestions,
    /// The caller's own answers.
    AnswerSecurityQuestions,
    /// What administrators do with the installation's objects.
    Administer(Right),
    /// To see, release and cancel what is held after a restore.
    ManageHeldChanges,
}

const MY_TOKENS_MANAGE: &str = "sp:my-personal-access-tokens:manage";
const ALL_TOKENS_READ: &str = "sp:all-personal-access-tokens:read";
const ALL_TOKENS_MANAGE: &str = "sp:all-personal-access-tokens:manage";

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Allow,
    /// The caller lacks a scope, a level or a user context; the text names what is missing.
    Forbidden(&'static str),
    /// The caller may not know that the object exists.
    NotFound,
}

impl Action<'_> {
    /// Any one of these scopes is needed.
    #[must_use]
    pub fn scopes(&self) -> &'static [&'static str] {
        match self {
            Self::CreateDigitToken | Self::VerifyDigitToken => &["idn:password-digit-token:create"],
            Self::QueryPasswordInfo { .. } => &["idn:password-info:read"],
            Self::SetPassword { .. }
            | Self::CancelPasswordChanges
            | Self::CancelPasswordChange { .. }
            | Self::SyncPassword
            | Self::DryRunPassword { .. }
            | Self::ManageHeldChanges => &["idn:password-change:manage"],
            Self::ReadWebhooks => &["passwright:webhooks:read", "passwright:webhooks:manage"],
            Self::ManageWebhooks => &["passwright:webhooks:manage"],
            Self::ReadPasswordChanges | Self::ReadPasswordChange { .. } | Self::ListPasswordChanges { .. } => {
                &["idn:password-change:read"]
            }
            Self::ListOauthClients | Self::ReadOauthClient => &["sp:oauth-client:read", "sp:oauth-client:manage"],
            Self::ManageOauthClients => &["sp:oauth-client:manage"],
            Self::ListPersonalAccessTokens { .. } => {
                &["sp:my-personal-access-tokens:read", MY_TOKENS_MANAGE, ALL_TOKENS_READ, ALL_TOKENS_MANAGE]
            }
            Self::CreatePersonalAccessToken
            | Self::ManagePersonalAccessTokens
            | Self::DeletePersonalAccessToken { .. } => &[MY_TOKENS_MANAGE, ALL_TOKENS_MANAGE],
            Self::PatchPersonalAccessToken { .. } => &[MY_TOKENS_MANAGE],
            Self::ReadPublicIdentities => &["sp:scopes:default"],
            Self::ReadOwnApplications => &["idn:app-roles:read", "idn:app-roles:manage"],
            Self::ReadSecurityQuestions => &["idn:mfa-kba:read"],
            Self::AnswerSecurityQuestions => &["idn:mfa-kba:authenticate"],
            // No scope of their own: everything a level allows is needed.
            Self::ListAccountActivities { .. } | Self::ReadAccountActivities | Self::ReadAccountActivity { .. } => &[],
            Self::Administer(right) => right.scopes(),
        }
    }
}

/// Decides. Pure: the same facts give the same answer.
#[must_use]
pub fn decide(caller: &Caller, action: Action<'_>) -> Decision {
    if !caller.scopes.grants(action.scopes()) {
        return Decision::Forbidden("the token lacks the scope of this operation");
    }
    match action {
        // A digit token stands in for a proof of identity, so a user needs the help desk's level to make one.
        Action::CreateDigitToken => match caller.principal {
            Principal::ApiClient { .. } => Decision::Allow,
            Principal::User { .. } if caller.has_level(Level::Helpdesk) || caller.has_level(Level::OrgAdmin) => {
                Decision::Allow
            }
            Principal::User { .. } => Decision::Forbidden("the user lacks the level HELPDESK or ORG_ADMIN"),
        },
        // Whoever verifies acts for a person who is not signed in: a trusted client only.
        Action::VerifyDigitToken => match caller.principal {
            Principal::ApiClient { .. } => Decision::Allow,
            Principal::User { .. } => Decision::Forbidden("only an API client may verify a digit token"),
        },
        Action::QueryPasswordInfo { identity } => match &caller.principal {
            Principal::ApiClient { .. } => Decision::Allow,
            Principal::User { .. } if caller.api_version == ApiVersion::Beta => {
                Decision::Forbidden("only an API client may query password info in beta")
            }
            Principal::User { identity_id, .. }
                if identity == Some(identity_id) || caller.has_level(Level::OrgAdmin) =>
            {
                Decision::Allow
            }
            Principal::User { .. } => Decision::Forbidden("a user may query only their own password info"),
        },
        Action::SetPassword { identity } => match &caller.principal {
            Principal::ApiClient { .. } => Decision::Allow,
            Principal::User { identity_id, .. } if identity_id == identity => Decision::Allow,
            Principal::User { .. } => Decision::Forbidden("a user may set only their own passwords"),
        },
        Action::ReadWebhooks | Action::ManageWebhooks => match caller.principal {
            Principal::ApiClient { .. } => Decision::Allow,
            Principal::User { .. } if caller.has_level(Level::OrgAdmin) => Decision::Allow,
            Principal::User { .. } => Decision::Forbidden("the user lacks the level ORG_ADMIN"),
        },
        // Who may set a password may ask about it: the rules read attributes of the identity, so nobody else may.
        Action::DryRunPassword { identity } => match &caller.principal {
            Principal::ApiClient { .. } => Decision::Allow,
            Principal::User { identity_id, .. } if identity_id == identity => Decision::Allow,
            Principal::User { .. } => Decision::Forbidden("a user may try only their own passwords"),
        },
        Action::ReadPasswordChanges | Action::CancelPasswordChanges => Decision::Allow,
        Action::ReadPasswordChange { actor, identity } => {
            let sees = match &caller.principal {
                Principal::ApiClient { .. } => true,
                Principal::User { identity_id, .. } => {
                    identity_id == identity || caller.actor() == actor || caller.has_level(Level::OrgAdmin)
                }
            };
            if sees { Decision::Allow } else { Decision::NotFound }
        }
        Action::ListPasswordChanges { identity } => match &caller.principal {
            Principal::ApiClient { .. } => Decision::Allow,
            Principal::User { identity_id, .. } if identity_id == identity || caller.has_level(Level::OrgAdmin) => {
                Decision::Allow
            }
            Principal::User { .. } => Decision::Forbidden("a user may list only their own password changes"),
        },
        // A client may undo what it asked for, not what another client or a user did.
        Action::CancelPasswordChange { actor, identity } => {
            let may =
                caller.actor() == actor || caller.identity_id() == Some(identity) || caller.has_level(Level::OrgAdmin);
            if may { Decision::Allow } else { Decision::NotFound }
        }
        // Who makes an API client can act on every identity through it.
        Action::ListOauthClients | Action::ManageOauthClients => org_admin(caller),
        Action::ReadOauthClient => match caller.principal {
            Principal::ApiClient { .. } => Decision::Allow,
            Principal::User { .. } => org_admin(caller),
        },
        Action::ListPersonalAccessTokens { owner } => match caller.identity_id() {
            None => NEEDS_USER,
            own if own == owner => Decision::Allow,
            _ if !caller.scopes.grants(&[ALL_TOKENS_READ, ALL_TOKENS_MANAGE]) => NEEDS_ALL_TOKENS,
            _ => org_admin(caller),
        },
        Action::CreatePersonalAccessToken
        | Action::ManagePersonalAccessTokens
        | Action::ReadPublicIdentities
        | Action::ReadOwnApplications
        | Action::ReadSecurityQuestions
        | Action::AnswerSecurityQuestions
        | Action::ReadAccountActivities => match caller.principal {
            Principal::ApiClient { .. } => NEEDS_USER,
            Principal::User { .. } => Decision::Allow,
        },
        Action::PatchPersonalAccessToken { owner } => match caller.identity_id() {
            Some(own) if own == owner => Decision::Allow,
            _ => Decision::NotFound,
        },
        Action::DeletePersonalAccessToken { owner } => match caller.identity_id() {
            Some(own) if own == owner => Decision::Allow,
            _ if caller.has_level(Level::OrgAdmin) && caller.scopes.grants(&[ALL_TOKENS_MANAGE]) => Decision::Allow,
            _ => Decision::NotFound,
        },
        Action::ManageHeldChanges if caller.has_level(Level::OrgAdmin) => Decision::Allow,
        Action::ManageHeldChanges => Decision::Forbidden("the user lacks the level ORG_ADMIN"),
        Action::ListAccountActivities { identity } => match caller.identity_id() {
            None => NEEDS_USER,
            own if own == identity => Decision::Allow,
            _ => org_admin(caller),
        },
        Action::ReadAccountActivity { actor, identity } => match caller.identity_id() {
            Some(own) if own == identity || caller.actor() == actor || caller.has_level(Level::OrgAdmin) => {
                Decision::Allow
            }
            _ => Decision::NotFound,
        },
        // Whoever tells of a password set elsewhere speaks for a system: a trusted client only.
        Action::SyncPassword => match caller.principal {
            Principal::ApiClient { .. } => Decision::Allow,
            Principal::User { .. } => Decision::Forbidden("only an API client may sync a password"),
        },
        Action::Administer(right) => right.decide(caller),
    }
}

const NEEDS_USER: Decision = Decision::Forbidden("the operation needs a user's token");
const NEEDS_ALL_TOKENS: Decision =
    Decision::Forbidden("the token lacks the scope to see other users' personal access tokens");

fn org_admin(caller: &Caller) -> Decision {
    match caller.principal {
        Principal::ApiClient { .. } => NEEDS_USER,
        Principal::User { .. } if caller.has_level(Level::OrgAdmin) => Decision::Allow,
        Principal::User { .. } => Decision::Forbidden("the user lacks the level ORG_ADMIN"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn id(n: u8) -> IdentityId {
        IdentityId::from_random([n; 16])
    }

    fn user(n: u8, levels: &[Level], scopes: &[&str], api_version: ApiVersion) -> Caller {
        Caller {
            principal: Principal::User {
                client_id: "pat".into(),
                identity_id: id(n),
                alias: "user".into(),
                levels: levels.iter().copied().collect::<BTreeSet<_>>(),
            },
            scopes: scopes.iter().copied().collect(),
            api_version,
            tracking_id: crate::audit::Trace::default(),
        }
    }

    fn client(scopes: &[&str]) -> Caller {
        Caller {
            principal: Principal::ApiClient { client_id: "c".into() },
            scopes: scopes.iter().copied().collect(),
            api_version: ApiVersion::V2025,
            tracking_id: crate::audit::Trace::default(),
        }
    }

    const ALL: &[&str] = &["sp:scopes:all"];

    /// Rows: action, caller, letter: A allow, F forbidden, N not found.
    #[test]
    fn table() {
        let me = id(1);
        let other = id(2);
        let info = |identity| Action::QueryPasswordInfo { identity };
        let status = Action::ReadPasswordChange { actor: "client:c", identity: &other };
        let plain = |v| user(1, &[], ALL, v);
        let admin = |v| user(1, &[Level::OrgAdmin], ALL, v);
        let helpdesk = user(1, &[Level::Helpdesk], ALL, ApiVersion::Beta);
        let v = ApiVersion::V2024;
        let my_actor = format!("identity:{me}");
        let list = |identity| Action::ListPasswordChanges { identity };
        let tokens = |owner| Action::ListPersonalAccessTokens { owner };
        let activities = |identity| Action::ListAccountActivities { identity };
        let activity = |actor| Action::ReadAccountActivity { actor, identity: &other };
        let cancel = |actor| Action::CancelPasswordChange { actor, identity: &other };
        let cases: Vec<(Action<'_>, Caller, char)> = vec![
            (Action::CreateDigitToken, client(&["idn:password-digit-token:create"]), 'A'),
            (Action::CreateDigitToken, client(&["idn:password-info:read"]), 'F'),
            (Action::CreateDigitToken, client(&[]), 'F'),
            (Action::CreateDigitToken, plain(v), 'F'),
            (Action::CreateDigitToken, helpdesk.clone(), 'A'),
            (Action::CreateDigitToken, admin(v), 'A'),
            (Action::VerifyDigitToken, client(ALL), 'A'),
            (Action::VerifyDigitToken, admin(v), 'F'),
            (Action::ManageHeldChanges, admin(v), 'A'),
            (Action::ManageHeldChanges, user(1, &[Level::OrgAdmin], &["idn:password-change:read"], v), 'F'),
            (Action::ManageHeldChanges, plain(v), 'F'),
            (Action::ManageHeldChanges, helpdesk.clone(), 'F'),
            (Action::ManageHeldChanges, client(ALL), 'F'),
            (info(Some(&me)), plain(v), 'A'),
            (info(Some(&me)), plain(ApiVersion::Beta), 'F'),
            (info(Some(&me)), admin(ApiVersion::Beta), 'F'),
            (info(Some(&other)), plain(v), 'F'),
            (info(None), plain(v), 'F'),
            (info(Some(&other)), admin(v), 'A'),
            (info(Some(&other)), helpdesk.clone(), 'F'),
            (info(None), client(ALL), 'A'),
            (info(Some(&other)), client(&["idn:password-change:manage"]), 'F'),
            (Action::SetPassword { identity: &me }, plain(v), 'A'),
            (Action::SetPassword { identity: &other }, plain(v), 'F'),
            (Action::SetPassword { identity: &other }, admin(v), 'F'),
            (Action::SetPassword { identity: &other }, client(&["idn:password-change:manage"]), 'A'),
            (Action::SetPassword { identity: &other }, client(&["idn:password-change:read"]), 'F'),
            (status, client(&["idn:password-change:read"]), 'A'),
            (status, client(&["idn:password-change:manage"]), 'F'),
            (status, plain(v), 'N'),
            (status, helpdesk, 'N'),
            (status, admin(v), 'A'),
            (status, user(2, &[], ALL, ApiVersion::Beta), 'A'),
            (status, user(2, &[], &[], ApiVersion::Beta), 'F'),
            (Action::ReadPasswordChange { actor: &my_actor, identity: &other }, plain(v), 'A'),
            (list(&me), plain(v), 'A'),
            (list(&me), user(1, &[], &["idn:password-change:manage"], v), 'F'),
            (list(&other), plain(v), 'F'),
            (list(&other), user(1, &[Level::Helpdesk], ALL, v), 'F'),
            (list(&other), admin(v), 'A'),
            (list(&other), client(&["idn:password-change:read"]), 'A'),
            (list(&other), client(&["idn:password-change:manage"]), 'F'),
            (Action::CancelPasswordChanges, client(&["idn:password-change:manage"]), 'A'),
            (Action::CancelPasswordChanges, client(&["idn:password-change:read"]), 'F'),
            (cancel("client:c"), client(&["idn:password-change:manage"]), 'A'),
            (cancel("client:c"), client(&["idn:password-change:read"]), 'F'),
            (cancel("client:d"), client(ALL), 'N'),
            (cancel("client:c"), plain(v), 'N'),
            (cancel("client:c"), user(1, &[Level::Helpdesk], ALL, v), 'N'),
            (cancel("client:c"), admin(v), 'A'),
            (cancel("client:c"), user(2, &[], ALL, v), 'A'),
            (cancel("client:c"), user(2, &[], &["idn:password-change:read"], v), 'F'),
            (cancel(&my_actor), plain(v), 'A'),
            (Action::SyncPassword, client(&["idn:password-change:manage"]), 'A'),
            (Action::SyncPassword, client(&["idn:password-change:read"]), 'F'),
            (Action::SyncPassword, plain(v), 'F'),
            (Action::SyncPassword, admin(v), 'F'),
            (Action::ReadWebhooks, client(&["passwright:webhooks:read"]), 'A'),
            (Action::ReadWebhooks, client(&["passwright:webhooks:manage"]), 'A'),
            (Action::ReadWebhooks, client(&["idn:password-change:read"]), 'F'),
            (Action::ReadWebhooks, user(1, &[Level::Helpdesk], ALL, v), 'F'),
            (Action::ReadWebhooks, plain(v), 'F'),
            (Action::ReadWebhooks, admin(v), 'A'),
            (Action::ManageWebhooks, client(&["passwright:webhooks:manage"]), 'A'),
            (Action::ManageWebhooks, client(&["passwright:webhooks:read"]), 'F'),
            (Action::ManageWebhooks, user(1, &[Level::Helpdesk], ALL, v), 'F'),
            (Action::ManageWebhooks, plain(v), 'F'),
            (Action::ManageWebhooks, admin(v), 'A'),
            (Action::ManageWebhooks, user(1, &[Level::OrgAdmin], &["passwright:webhooks:read"], v), 'F'),
            (Action::DryRunPassword { identity: &me }, plain(v), 'A'),
            (Action::DryRunPassword { identity: &other }, plain(v), 'F'),
            (Action::DryRunPassword { identity: &other }, admin(v), 'F'),
            (Action::DryRunPassword { identity: &other }, client(&["idn:password-change:manage"]), 'A'),
            (Action::DryRunPassword { identity: &other }, client(&["idn:password-info:read"]), 'F'),
            (Action::ListOauthClients, admin(v), 'A'),
            (Action::ListOauthClients, plain(v), 'F'),
            (Action::ListOauthClients, client(ALL), 'F'),
            (Action::ReadOauthClient, client(&["sp:oauth-client:read"]), 'A'),
            (Action::ReadOauthClient, plain(v), 'F'),
            (Action::ReadOauthClient, admin(v), 'A'),
            (Action::ManageOauthClients, admin(v), 'A'),
            (Action::ManageOauthClients, user(1, &[Level::OrgAdmin], &["sp:oauth-client:read"], v), 'F'),
            (Action::ManageOauthClients, plain(v), 'F'),
            (Action::ManageOauthClients, client(ALL), 'F'),
            (tokens(Some(&me)), user(1, &[], &["sp:my-personal-access-tokens:read"], v), 'A'),
            (tokens(Some(&me)), client(ALL), 'F'),
            (tokens(Some(&other)), plain(v), 'F'),
            (tokens(None), plain(v), 'F'),
            (tokens(None), admin(v), 'A'),
            (tokens(None), user(1, &[Level::OrgAdmin], &["sp:my-personal-access-tokens:manage"], v), 'F'),
            (tokens(Some(&other)), user(1, &[Level::OrgAdmin], &["sp:all-personal-access-tokens:read"], v), 'A'),
            (Action::CreatePersonalAccessToken, plain(v), 'A'),
            (Action::CreatePersonalAccessToken, client(ALL), 'F'),
            (Action::CreatePersonalAccessToken, user(1, &[], &["sp:my-personal-access-tokens:read"], v), 'F'),
            (Action::ManagePersonalAccessTokens, plain(v), 'A'),
            (Action::ManagePersonalAccessTokens, client(ALL), 'F'),
            (Action::PatchPersonalAccessToken { owner: &me }, plain(v), 'A'),
            (Action::PatchPersonalAccessToken { owner: &other }, admin(v), 'N'),
            (Action::DeletePersonalAccessToken { owner: &me }, plain(v), 'A'),
            (Action::DeletePersonalAccessToken { owner: &other }, plain(v), 'N'),
            (Action::DeletePersonalAccessToken { owner: &other }, admin(v), 'A'),
            (Action::ReadPublicIdentities, user(1, &[], &["sp:scopes:default"], v), 'A'),
            (Action::ReadPublicIdentities, user(1, &[], &["idn:identity:read"], v), 'F'),
            (Action::ReadPublicIdentities, client(ALL), 'F'),
            (Action::ReadOwnApplications, plain(v), 'A'),
            (Action::ReadOwnApplications, client(ALL), 'F'),
            (Action::ReadSecurityQuestions, user(1, &[], &["idn:mfa-kba:read"], v), 'A'),
            (Action::ReadSecurityQuestions, user(1, &[], &["idn:mfa-kba:authenticate"], v), 'F'),
            (Action::ReadSecurityQuestions, client(ALL), 'F'),
            (Action::AnswerSecurityQuestions, plain(v), 'A'),
            (Action::AnswerSecurityQuestions, admin(v), 'A'),
            (Action::AnswerSecurityQuestions, user(1, &[], &["idn:mfa-kba:read"], v), 'F'),
            (Action::AnswerSecurityQuestions, client(ALL), 'F'),
            (Action::Administer(Right::ReadAuthOrg), user(1, &[Level::Helpdesk], &["sp:auth-org:read"], v), 'A'),
            (Action::Administer(Right::ReadAuthOrg), plain(v), 'F'),
            (Action::Administer(Right::ManageSignIn), user(1, &[Level::Helpdesk], &["sp:auth-org:manage"], v), 'A'),
            (Action::Administer(Right::ManageSignIn), user(1, &[Level::Helpdesk], &["sp:auth-org:read"], v), 'F'),
            (Action::Administer(Right::ManageAuthOrg), user(1, &[Level::Helpdesk], ALL, v), 'F'),
            (Action::Administer(Right::ManageAuthOrg), client(&["sp:auth-org:manage"]), 'A'),
            (Action::Administer(Right::ManageAuthUsers), client(ALL), 'F'),
            (Action::Administer(Right::ManageAuthUsers), user(1, &[Level::Helpdesk], ALL, v), 'F'),
            (Action::Administer(Right::ManageAuthUsers), admin(v), 'A'),
            (Action::Administer(Right::ReadAuthUsers), user(1, &[Level::OrgAdmin], &["sp:auth-user:read"], v), 'A'),
            (Action::Administer(Right::ManageMfaConfig), admin(v), 'A'),
            (Action::Administer(Right::ManageMfaConfig), client(ALL), 'F'),
            (activities(Some(&me)), plain(v), 'A'),
            (activities(Some(&me)), user(1, &[], &["idn:password-change:read"], v), 'F'),
            (activities(Some(&other)), plain(v), 'F'),
            (activities(None), plain(v), 'F'),
            (activities(None), admin(v), 'A'),
            (activities(None), client(ALL), 'F'),
            (activity("client:c"), plain(v), 'N'),
            (activity("client:c"), client(ALL), 'N'),
            (activity(&my_actor), plain(v), 'A'),
            (activity("client:c"), user(2, &[], ALL, v), 'A'),
            (activity("client:c"), admin(v), 'A'),
        ];
        for (row, (action, caller, expected)) in cases.into_iter().enumerate() {
            let letter = match decide(&caller, action) {
                Decision::Allow => 'A',
                Decision::Forbidden(_) => 'F',
                Decision::NotFound => 'N',
            };
            assert_eq!(letter, expected, "row {row}: {action:?}");
        }
    }
}
