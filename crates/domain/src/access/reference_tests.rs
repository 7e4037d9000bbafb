//! The permission table said a second time, in another form: facts about a request as bits, and per action the sets of facts
//! that are enough. A million random requests must be decided alike (requirement R24).

use std::collections::BTreeSet;

use super::{Action, ApiVersion, Caller, Decision, Level, Principal, Right, ScopeSet, decide};
use crate::ids::IdentityId;

const CLIENT: u16 = 1;
const USER: u16 = 1 << 1;
/// The object is the user's own.
const OWN: u16 = 1 << 2;
/// The caller asked for it.
const ASKED: u16 = 1 << 3;
const ADMIN: u16 = 1 << 4;
const HELPDESK: u16 = 1 << 5;
const NOT_BETA: u16 = 1 << 6;
const SEES_ALL_TOKENS: u16 = 1 << 7;
const CHANGES_ALL_TOKENS: u16 = 1 << 8;
/// Has one of the three levels of those who keep sources.
const KEEPS_SOURCES: u16 = 1 << 9;
const SOURCE_ADMIN: u16 = 1 << 10;
const SOURCE_SUBADMIN: u16 = 1 << 11;
/// Has one of the two levels of those who keep sources with their accounts.
const KEEPS_ACCOUNTS: u16 = 1 << 12;

const ALL: &str = "sp:scopes:all";
const MY_R: &str = "sp:my-personal-access-tokens:read";
const MY_M: &str = "sp:my-personal-access-tokens:manage";
const ALL_R: &str = "sp:all-personal-access-tokens:read";
const APPS_R: &str = "idn:app-roles:read";
const APPS_M: &str = "idn:app-roles:manage";
const ALL_M: &str = "sp:all-personal-access-tokens:manage";

/// Of every action: scopes of which one is needed, sets of facts of which one is enough, and the refusal.
fn row(action: &Action<'_>) -> (&'static [&'static str], &'static [u16], char) {
    match action {
        Action::CreateDigitToken => (&["idn:password-digit-token:create"], &[CLIENT, ADMIN, HELPDESK], 'F'),
        Action::VerifyDigitToken => (&["idn:password-digit-token:create"], &[CLIENT], 'F'),
        Action::QueryPasswordInfo { .. } => {
            (&["idn:password-info:read"], &[CLIENT, OWN | NOT_BETA, ADMIN | NOT_BETA], 'F')
        }
        Action::SetPassword { .. } => (&["idn:password-change:manage"], &[CLIENT, OWN], 'F'),
        Action::ReadPasswordChanges => (&["idn:password-change:read"], &[CLIENT, USER], 'F'),
        Action::ReadPasswordChange { .. } => (&["idn:password-change:read"], &[CLIENT, OWN, ASKED, ADMIN], 'N'),
        Action::ListPasswordChanges { .. } => (&["idn:password-change:read"], &[CLIENT, OWN, ADMIN], 'F'),
        Action::CancelPasswordChanges => (&["idn:password-change:manage"], &[CLIENT, USER], 'F'),
        Action::CancelPasswordChange { .. } => (&["idn:password-change:manage"], &[OWN, ASKED, ADMIN], 'N'),
        Action::SyncPassword => (&["idn:password-change:manage"], &[CLIENT], 'F'),
        Action::ManageHeldChanges => (&["idn:password-change:manage"], &[ADMIN], 'F'),
        Action::ReadWebhooks => (&["passwright:webhooks:read", "passwright:webhooks:manage"], &[CLIENT, ADMIN], 'F'),
        Action::ManageWebhooks => (&["passwright:webhooks:manage"], &[CLIENT, ADMIN], 'F'),
        Action::DryRunPassword { .. } => (&["idn:password-change:manage"], &[CLIENT, OWN], 'F'),
        Action::ListOauthClients => (&["sp:oauth-client:read", "sp:oauth-client:manage"], &[ADMIN], 'F'),
        Action::ReadOauthClient => (&["sp:oauth-client:read", "sp:oauth-client:manage"], &[CLIENT, ADMIN], 'F'),
        Action::ManageOauthClients => (&["sp:oauth-client:manage"], &[ADMIN], 'F'),
        Action::ListPersonalAccessTokens { .. } => {
            (&[MY_R, MY_M, ALL_R, ALL_M], &[OWN, ADMIN | SEES_ALL_TOKENS, ADMIN | CHANGES_ALL_TOKENS], 'F')
        }
        Action::CreatePersonalAccessToken | Action::ManagePersonalAccessTokens => (&[MY_M, ALL_M], &[USER], 'F'),
        Action::PatchPersonalAccessToken { .. } => (&[MY_M], &[OWN], 'N'),
        Action::DeletePersonalAccessToken { .. } => (&[MY_M, ALL_M], &[OWN, ADMIN | CHANGES_ALL_TOKENS], 'N'),
        Action::ReadPublicIdentities => (&["sp:scopes:default"], &[USER], 'F'),
        Action::ReadOwnApplications => (&[APPS_R, APPS_M], &[USER], 'F'),
        Action::ReadSecurityQuestions => (&["idn:mfa-kba:read"], &[USER], 'F'),
        Action::AnswerSecurityQuestions => (&["idn:mfa-kba:authenticate"], &[USER], 'F'),
        Action::ListAccountActivities { .. } => (&[], &[OWN, ADMIN], 'F'),
        Action::ReadAccountActivities => (&[], &[USER], 'F'),
        Action::ReadAccountActivity { .. } => (&[], &[OWN, USER | ASKED, ADMIN], 'N'),
        Action::Administer(right) => match right {
            Right::ReadPasswordPolicies => (&["idn:password-policy:read"], &[CLIENT, ADMIN], 'F'),
            Right::WritePasswordPolicies => (&["idn:password-policy:write"], &[ADMIN], 'F'),
            Right::ReadPasswordGroups => {
                (&["idn:password-sync-group:read", "idn:password-sync-group:manage"], &[CLIENT, ADMIN], 'F')
            }
            Right::ManagePasswordGroups => (&["idn:password-sync-group:manage"], &[ADMIN], 'F'),
            Right::ReadPasswordDictionary => {
                (&["idn:password-dictionary:read", "idn:password-dictionary:manage"], &[ADMIN], 'F')
            }
            Right::ManagePasswordDictionary => (&["idn:password-dictionary:manage"], &[ADMIN], 'F'),
            Right::ReadOrgConfig => (&["idn:password-org-config:read"], &[CLIENT, ADMIN], 'F'),
            Right::ManageOrgConfig => {
                (&["idn:password-org-config:manage", "idn:password-org-config:write"], &[CLIENT, ADMIN], 'F')
            }
            Right::ManageInstructions => (&[], &[ADMIN], 'F'),
            Right::ReadPolicyHolders => (&["idn:password-policy:read"], &[ADMIN, KEEPS_SOURCES], 'F'),
            Right::ManagePolicyHolders => (&["idn:sources:manage"], &[CLIENT, ADMIN, KEEPS_SOURCES], 'F'),
            Right::ReadSources => (&["idn:sources:read", "idn:sources:manage"], &[CLIENT, ADMIN, KEEPS_SOURCES], 'F'),
            Right::ManageSources => (&["idn:sources:manage"], &[CLIENT, ADMIN, SOURCE_ADMIN, SOURCE_SUBADMIN], 'F'),
            Right::CheckSources => (&["idn:source-connector:manage"], &[CLIENT, ADMIN], 'F'),
            Right::ReadSourceSchemas => {
                (&["idn:source-schema:read", "idn:source-schema:manage"], &[ADMIN, SOURCE_ADMIN, SOURCE_SUBADMIN], 'F')
            }
            Right::ManageSourceSchemas => (&["idn:source-schema:manage"], &[ADMIN, SOURCE_ADMIN], 'F'),
            Right::ReadAccounts => {
                (&["idn:accounts:read", "idn:accounts:manage"], &[CLIENT, ADMIN, KEEPS_ACCOUNTS, HELPDESK], 'F')
            }
            Right::ManageAccounts => (&["idn:accounts:manage"], &[CLIENT, ADMIN, KEEPS_ACCOUNTS], 'F'),
            Right::ManageAccountStates => {
                (&["idn:accounts-state:manage"], &[CLIENT, ADMIN, KEEPS_ACCOUNTS, HELPDESK], 'F')
            }
            Right::ForceAccountStates => {
                (&["idn:accounts-provisioning:manage"], &[CLIENT, ADMIN, KEEPS_ACCOUNTS, HELPDESK], 'F')
            }
            Right::ReadIdentities => {
                (&["idn:identity:read", "idn:identity:manage"], &[ADMIN, KEEPS_ACCOUNTS, HELPDESK], 'F')
            }
            Right::ReadApplications => (&[APPS_R, APPS_M], &[CLIENT, ADMIN, KEEPS_ACCOUNTS, HELPDESK], 'F'),
            Right::ListAllApplications => (&[APPS_R, APPS_M], &[ADMIN], 'F'),
            Right::ManageApplications => (&[APPS_M], &[CLIENT, ADMIN, KEEPS_ACCOUNTS], 'F'),
            Right::ListAllUserApplications => (&[APPS_M], &[ADMIN], 'F'),
            Right::ReadAuthOrg => (&["sp:auth-org:read"], &[CLIENT, ADMIN, HELPDESK], 'F'),
            Right::ManageSignIn => (&["sp:auth-org:manage"], &[CLIENT, ADMIN, HELPDESK], 'F'),
            Right::ManageAuthOrg => (&["sp:auth-org:manage"], &[CLIENT, ADMIN], 'F'),
            Right::ReadAuthUsers => (&["sp:auth-user:read"], &[ADMIN], 'F'),
            Right::ManageAuthUsers => (&["sp:auth-user:manage"], &[ADMIN], 'F'),
            Right::ReadMfaConfig => (&["idn:mfa-configuration:read", "idn:mfa-configuration:manage"], &[ADMIN], 'F'),
            Right::ManageMfaConfig => (&["idn:mfa-configuration:manage"], &[ADMIN], 'F'),
            Right::ServePeople => (&[], &[ADMIN, HELPDESK], 'F'),
            Right::OverseeChanges | Right::ReadAudit => (&[], &[ADMIN], 'F'),
        },
    }
}

/// Whose object it is and who asked for it, where the action has such.
fn object<'a>(action: &Action<'a>) -> (Option<&'a IdentityId>, Option<&'a str>) {
    match action {
        Action::QueryPasswordInfo { identity } => (*identity, None),
        Action::ListPersonalAccessTokens { owner } => (*owner, None),
        Action::ListAccountActivities { identity } => (*identity, None),
        Action::SetPassword { identity }
        | Action::DryRunPassword { identity }
        | Action::ListPasswordChanges { identity } => (Some(identity), None),
        Action::ReadPasswordChange { actor, identity }
        | Action::CancelPasswordChange { actor, identity }
        | Action::ReadAccountActivity { actor, identity } => (Some(identity), Some(actor)),
        Action::PatchPersonalAccessToken { owner } | Action::DeletePersonalAccessToken { owner } => (Some(owner), None),
        Action::CreateDigitToken
        | Action::VerifyDigitToken
        | Action::ReadPasswordChanges
        | Action::CancelPasswordChanges
        | Action::SyncPassword
        | Action::ManageHeldChanges
        | Action::ReadWebhooks
        | Action::ManageWebhooks
        | Action::ListOauthClients
        | Action::ReadOauthClient
        | Action::ManageOauthClients
        | Action::CreatePersonalAccessToken
        | Action::ManagePersonalAccessTokens
        | Action::ReadPublicIdentities
        | Action::ReadOwnApplications
        | Action::ReadSecurityQuestions
        | Action::AnswerSecurityQuestions
        | Action::ReadAccountActivities
        | Action::Administer(_) => (None, None),
    }
}

fn facts(caller: &Caller, action: &Action<'_>) -> u16 {
    let (of, asked_by) = object(action);
    let holds = |scope: &str| caller.scopes.iter().any(|s| s == ALL || s == scope);
    let mut facts = 0;
    let mut note = |is: bool, fact: u16| {
        if is {
            facts |= fact;
        }
    };
    note(caller.api_version != ApiVersion::Beta, NOT_BETA);
    note(holds(ALL_R), SEES_ALL_TOKENS);
    note(holds(ALL_M), CHANGES_ALL_TOKENS);
    match &caller.principal {
        Principal::ApiClient { client_id } => {
            note(true, CLIENT);
            note(asked_by.and_then(|a| a.strip_prefix("client:")) == Some(client_id), ASKED);
        }
        Principal::User { identity_id, levels, .. } => {
            note(true, USER);
            note(of == Some(identity_id), OWN);
            note(asked_by.and_then(|a| a.strip_prefix("identity:")) == Some(identity_id.as_str()), ASKED);
            note(levels.contains(&Level::OrgAdmin), ADMIN);
            note(levels.contains(&Level::Helpdesk), HELPDESK);
            let of_sources = [Level::SourceAdmin, Level::SourceSubadmin, Level::RoleSubadmin];
            note(of_sources.iter().any(|level| levels.contains(level)), KEEPS_SOURCES);
            note(levels.contains(&Level::SourceAdmin), SOURCE_ADMIN);
            note(levels.contains(&Level::SourceSubadmin), SOURCE_SUBADMIN);
            note(of_sources[..2].iter().any(|level| levels.contains(level)), KEEPS_ACCOUNTS);
        }
    }
    facts
}

fn reference(caller: &Caller, action: &Action<'_>) -> char {
    let (scopes, enough, refusal) = row(action);
    if !caller.scopes.iter().any(|held| held == ALL || scopes.contains(&held)) {
        return 'F';
    }
    let facts = facts(caller, action);
    if enough.iter().any(|set| facts & set == *set) { 'A' } else { refusal }
}

/// SplitMix64: the same cases in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }
}

/// Actions there are.
const KINDS: usize = 28 + Right::ALL.len();

#[test]
fn a_million_requests_are_decided_as_the_reference_decides() {
    let ids: Vec<_> = (1..=3).map(|n| IdentityId::from_random([n; 16])).collect();
    let actors: Vec<_> = ["client:c1".to_owned(), "client:c2".to_owned(), "system:apply".to_owned()]
        .into_iter()
        .chain(ids.iter().map(|id| format!("identity:{id}")))
        .collect();
    let levels = [Level::OrgAdmin, Level::Helpdesk, Level::SourceAdmin, Level::SourceSubadmin, Level::RoleSubadmin];
    let versions = [
        ApiVersion::Beta,
        ApiVersion::V3,
        ApiVersion::V2024,
        ApiVersion::V2025,
        ApiVersion::V2026,
        ApiVersion::Root,
        ApiVersion::Native,
    ];
    let mut random = Random(24);
    let mut counts = std::collections::BTreeMap::<(usize, char), u32>::new();
    // What a caller is changes rarely, what it asks for with every case: building callers costs the most.
    for _ in 0..50_000 {
        let scopes: ScopeSet = match random.below(4) {
            0 => ScopeSet::all(),
            _ => {
                let mut pool = vec![
                    "idn:password-digit-token:create",
                    "idn:password-info:read",
                    "idn:password-change:manage",
                    "idn:password-change:read",
                    "passwright:webhooks:read",
                    "passwright:webhooks:manage",
                    "sp:oauth-client:read",
                    "sp:oauth-client:manage",
                    MY_R,
                    MY_M,
                    ALL_R,
                    ALL_M,
                    "sp:scopes:default",
                    "idn:newer:read",
                    "idn:password-policy:read",
                    "idn:password-policy:write",
                    "idn:password-sync-group:read",
                    "idn:password-sync-group:manage",
                    "idn:password-dictionary:read",
                    "idn:password-dictionary:manage",
                    "idn:password-org-config:read",
                    "idn:password-org-config:manage",
                    "idn:password-org-config:write",
                    "idn:source-connector:manage",
                    "idn:source-schema:manage",
                    "idn:source-schema:read",
                    "idn:sources:manage",
                    "idn:sources:read",
                    "idn:accounts:read",
                    "idn:accounts:manage",
                    "idn:accounts-state:manage",
                    "idn:accounts-provisioning:manage",
                    "idn:identity:read",
                    "idn:identity:manage",
                    APPS_R,
                    APPS_M,
                    "sp:auth-org:read",
                    "sp:auth-org:manage",
                    "sp:auth-user:read",
                    "sp:auth-user:manage",
                    "idn:mfa-configuration:read",
                    "idn:mfa-configuration:manage",
                    "idn:mfa-kba:read",
                    "idn:mfa-kba:authenticate",
                ];
                pool.retain(|_| random.below(3) == 0);
                pool.into_iter().collect()
            }
        };
        let principal = if random.below(3) == 0 {
            Principal::ApiClient { client_id: format!("c{}", 1 + random.below(3)) }
        } else {
            let identity_id = ids[random.below(ids.len())].clone();
            let held: BTreeSet<_> = levels.into_iter().filter(|_| random.below(3) == 0).collect();
            Principal::User { client_id: "p".into(), identity_id, alias: "u".into(), levels: held }
        };
        let api_version = versions[random.below(versions.len())];
        let caller = Caller { principal, scopes, api_version, tracking_id: crate::audit::Trace::default() };
        for _ in 0..20 {
            let identity = &ids[random.below(ids.len())];
            let maybe = Some(identity).filter(|_| random.below(4) > 0);
            let actor = actors[random.below(actors.len())].as_str();
            let kind = random.below(KINDS);
            let action = match kind {
                0 => Action::CreateDigitToken,
                1 => Action::VerifyDigitToken,
                2 => Action::QueryPasswordInfo { identity: maybe },
                3 => Action::SetPassword { identity },
                4 => Action::ReadPasswordChanges,
                5 => Action::ReadPasswordChange { actor, identity },
                6 => Action::ListPasswordChanges { identity },
                7 => Action::CancelPasswordChanges,
                8 => Action::CancelPasswordChange { actor, identity },
                9 => Action::SyncPassword,
                10 => Action::ListOauthClients,
                11 => Action::ReadOauthClient,
                12 => Action::ManageOauthClients,
                13 => Action::ListPersonalAccessTokens { owner: maybe },
                14 => Action::CreatePersonalAccessToken,
                15 => Action::ManagePersonalAccessTokens,
                16 => Action::PatchPersonalAccessToken { owner: identity },
                17 => Action::ReadWebhooks,
                18 => Action::ManageWebhooks,
                19 => Action::DryRunPassword { identity },
                20 => Action::DeletePersonalAccessToken { owner: identity },
                21 => Action::ReadPublicIdentities,
                22 => Action::ReadOwnApplications,
                23 => Action::ListAccountActivities { identity: maybe },
                24 => Action::ReadAccountActivities,
                25 => Action::ReadAccountActivity { actor, identity },
                26 => Action::ReadSecurityQuestions,
                27 => Action::AnswerSecurityQuestions,
                other => Action::Administer(Right::ALL[other - 28]),
            };
            let decided = match decide(&caller, action) {
                Decision::Allow => 'A',
                Decision::Forbidden(_) => 'F',
                Decision::NotFound => 'N',
            };
            assert_eq!(decided, reference(&caller, &action), "{action:?} by {caller:?}");
            *counts.entry((kind, decided)).or_default() += 1;
        }
    }
    assert_eq!(counts.values().sum::<u32>(), 1_000_000);
    for kind in 0..KINDS {
        let allowed = counts.get(&(kind, 'A')).copied().unwrap_or_default();
        assert!(allowed > 500, "action {kind} was allowed {allowed} times: the cases miss it");
    }
}
