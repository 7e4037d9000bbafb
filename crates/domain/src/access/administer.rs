use super::{Caller, Decision, Level, Principal};

/// A right over the installation's objects: which scopes, which levels, and whether an API client, which has none, may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    ReadPasswordPolicies,
    WritePasswordPolicies,
    ReadPasswordGroups,
    ManagePasswordGroups,
    ReadPasswordDictionary,
    ManagePasswordDictionary,
    ReadOrgConfig,
    ManageOrgConfig,
    /// To read them too: pages show them, callers have no business with them.
    ManageInstructions,
    ReadPolicyHolders,
    ManagePolicyHolders,
    ReadSources,
    ManageSources,
    /// To connect to one and sign in as its service account.
    CheckSources,
    ReadSourceSchemas,
    ManageSourceSchemas,
    ReadAccounts,
    /// To say whose an account is.
    ManageAccounts,
    /// To unlock, enable, disable and read anew.
    ManageAccountStates,
    /// To do so even where the state seems to be the wanted one.
    ForceAccountStates,
    ReadIdentities,
    ReadApplications,
    /// Also those that are switched off.
    ListAllApplications,
    ManageApplications,
    /// Everybody's.
    ListAllUserApplications,
    /// How people sign in: lock-out, sessions, networks.
    ReadAuthOrg,
    /// To change when names are locked and how long sessions last.
    ManageSignIn,
    /// To change which networks are the organisation's own.
    ManageAuthOrg,
    ReadAuthUsers,
    /// To give and take levels.
    ManageAuthUsers,
    ReadMfaConfig,
    ManageMfaConfig,
    /// In the pages: to see a person's accounts and history, and to help them in again.
    ServePeople,
    /// In the pages: to see everybody's changes, and to have what waits tried now.
    OverseeChanges,
    /// To search the audit and to take a copy of it.
    ReadAudit,
}

struct Row {
    scopes: &'static [&'static str],
    levels: &'static [Level],
    api_client: bool,
    refused: &'static str,
}

const ADMIN: &[Level] = &[Level::OrgAdmin];
const SOURCE_SET_UP: &[Level] = &[Level::OrgAdmin, Level::SourceAdmin, Level::SourceSubadmin];
const SCHEMA: &[Level] = &[Level::OrgAdmin, Level::SourceAdmin];
const SOURCE: &[Level] = &[Level::OrgAdmin, Level::SourceAdmin, Level::SourceSubadmin, Level::RoleSubadmin];
const PEOPLE: &[Level] = &[Level::OrgAdmin, Level::SourceAdmin, Level::SourceSubadmin, Level::Helpdesk];
const SIGN_IN: &[Level] = &[Level::OrgAdmin, Level::Helpdesk];
const HELP_DESK: &[Level] = &[Level::OrgAdmin, Level::Helpdesk];
const CORRELATION: &[Level] = &[Level::OrgAdmin, Level::SourceAdmin, Level::SourceSubadmin];

impl Right {
    pub const ALL: [Self; 35] = [
        Self::ReadPasswordPolicies,
        Self::WritePasswordPolicies,
        Self::ReadPasswordGroups,
        Self::ManagePasswordGroups,
        Self::ReadPasswordDictionary,
        Self::ManagePasswordDictionary,
        Self::ReadOrgConfig,
        Self::ManageOrgConfig,
        Self::ManageInstructions,
        Self::ReadPolicyHolders,
        Self::ManagePolicyHolders,
        Self::ReadSources,
        Self::ManageSources,
        Self::CheckSources,
        Self::ReadSourceSchemas,
        Self::ManageSourceSchemas,
        Self::ReadAccounts,
        Self::ManageAccounts,
        Self::ManageAccountStates,
        Self::ForceAccountStates,
        Self::ReadIdentities,
        Self::ReadApplications,
        Self::ListAllApplications,
        Self::ManageApplications,
        Self::ListAllUserApplications,
        Self::ReadAuthOrg,
        Self::ManageSignIn,
        Self::ManageAuthOrg,
        Self::ReadAuthUsers,
        Self::ManageAuthUsers,
        Self::ReadMfaConfig,
        Self::ManageMfaConfig,
        Self::ServePeople,
        Self::OverseeChanges,
        Self::ReadAudit,
    ];

    fn row(self) -> Row {
        let row = |scopes, levels, api_client, refused| Row { scopes, levels, api_client, refused };
        match self {
            Self::ReadPasswordPolicies => {
                row(&["idn:password-policy:read"], ADMIN, true, "PASSWORD_POLICY_ACCESS_REFUSED")
            }
            Self::WritePasswordPolicies => {
                row(&["idn:password-policy:write"], ADMIN, false, "PASSWORD_POLICY_ACCESS_REFUSED")
            }
            Self::ReadPasswordGroups => row(
                &["idn:password-sync-group:read", "idn:password-sync-group:manage"],
                ADMIN,
                true,
                "PASSWORD_SYNC_GROUP_ACCESS_REFUSED",
            ),
            Self::ManagePasswordGroups => {
                row(&["idn:password-sync-group:manage"], ADMIN, false, "PASSWORD_SYNC_GROUP_ACCESS_REFUSED")
            }
            Self::ReadPasswordDictionary => row(
                &["idn:password-dictionary:read", "idn:password-dictionary:manage"],
                ADMIN,
                false,
                "PASSWORD_DICTIONARY_ACCESS_REFUSED",
            ),
            Self::ManagePasswordDictionary => {
                row(&["idn:password-dictionary:manage"], ADMIN, false, "PASSWORD_DICTIONARY_ACCESS_REFUSED")
            }
            Self::ReadOrgConfig => {
                row(&["idn:password-org-config:read"], ADMIN, true, "PASSWORD_ORG_CONFIG_ACCESS_REFUSED")
            }
            // The second is the older name of the first.
            Self::ManageOrgConfig => row(
                &["idn:password-org-config:manage", "idn:password-org-config:write"],
                ADMIN,
                true,
                "PASSWORD_ORG_CONFIG_ACCESS_REFUSED",
            ),
            // No scope of its own: everything a level allows is needed.
            Self::ManageInstructions => row(&[], ADMIN, false, "CUSTOM_PASSWORD_INSTRUCTIONS_ACCESS_REFUSED"),
            Self::ReadPolicyHolders => {
                row(&["idn:password-policy:read"], SOURCE, false, "SOURCE_PASSWORD_POLICY_ACCESS_REFUSED")
            }
            Self::ManagePolicyHolders => {
                row(&["idn:sources:manage"], SOURCE, true, "SOURCE_PASSWORD_POLICY_ACCESS_REFUSED")
            }
            Self::ReadSources => {
                row(&["idn:sources:read", "idn:sources:manage"], SOURCE, true, "SOURCE_ACCESS_REFUSED")
            }
            Self::ManageSources => row(&["idn:sources:manage"], SOURCE_SET_UP, true, "SOURCE_ACCESS_REFUSED"),
            Self::CheckSources => row(&["idn:source-connector:manage"], ADMIN, true, "SOURCE_ACCESS_REFUSED"),
            Self::ReadSourceSchemas => row(
                &["idn:source-schema:read", "idn:source-schema:manage"],
                SOURCE_SET_UP,
                false,
                "SOURCE_SCHEMA_ACCESS_REFUSED",
            ),
            Self::ManageSourceSchemas => {
                row(&["idn:source-schema:manage"], SCHEMA, false, "SOURCE_SCHEMA_ACCESS_REFUSED")
            }
            Self::ReadAccounts => {
                row(&["idn:accounts:read", "idn:accounts:manage"], PEOPLE, true, "ACCOUNT_ACCESS_REFUSED")
            }
            Self::ManageAccounts => row(&["idn:accounts:manage"], CORRELATION, true, "ACCOUNT_ACCESS_REFUSED"),
            Self::ManageAccountStates => row(&["idn:accounts-state:manage"], PEOPLE, true, "ACCOUNT_ACCESS_REFUSED"),
            Self::ForceAccountStates => {
                row(&["idn:accounts-provisioning:manage"], PEOPLE, true, "ACCOUNT_ACCESS_REFUSED")
            }
            Self::ReadIdentities => {
                row(&["idn:identity:read", "idn:identity:manage"], PEOPLE, false, "IDENTITY_ACCESS_REFUSED")
            }
            Self::ReadApplications => {
                row(&["idn:app-roles:read", "idn:app-roles:manage"], PEOPLE, true, "APPLICATION_ACCESS_REFUSED")
            }
            Self::ListAllApplications => {
                row(&["idn:app-roles:read", "idn:app-roles:manage"], ADMIN, false, "APPLICATION_ACCESS_REFUSED")
            }
            Self::ManageApplications => row(&["idn:app-roles:manage"], CORRELATION, true, "APPLICATION_ACCESS_REFUSED"),
            Self::ListAllUserApplications => row(&["idn:app-roles:manage"], ADMIN, false, "APPLICATION_ACCESS_REFUSED"),
            Self::ReadAuthOrg => row(&["sp:auth-org:read"], SIGN_IN, true, "AUTH_ORG_ACCESS_REFUSED"),
            Self::ManageSignIn => row(&["sp:auth-org:manage"], SIGN_IN, true, "AUTH_ORG_ACCESS_REFUSED"),
            Self::ManageAuthOrg => row(&["sp:auth-org:manage"], ADMIN, true, "AUTH_ORG_ACCESS_REFUSED"),
            Self::ReadAuthUsers => row(&["sp:auth-user:read"], ADMIN, false, "AUTH_USER_ACCESS_REFUSED"),
            Self::ManageAuthUsers => row(&["sp:auth-user:manage"], ADMIN, false, "AUTH_USER_ACCESS_REFUSED"),
            Self::ReadMfaConfig => row(
                &["idn:mfa-configuration:read", "idn:mfa-configuration:manage"],
                ADMIN,
                false,
                "MFA_CONFIGURATION_ACCESS_REFUSED",
            ),
            Self::ManageMfaConfig => {
                row(&["idn:mfa-configuration:manage"], ADMIN, false, "MFA_CONFIGURATION_ACCESS_REFUSED")
            }
            // No scope of its own: it is for people who are signed in.
            Self::ServePeople => row(&[], HELP_DESK, false, "HELP_DESK_ACCESS_REFUSED"),
            Self::OverseeChanges => row(&[], ADMIN, false, "PASSWORD_CHANGE_READ_REFUSED"),
            Self::ReadAudit => row(&[], ADMIN, false, "AUDIT_ACCESS_REFUSED"),
        }
    }

    /// Any one of these scopes is needed; none means `sp:scopes:all`.
    #[must_use]
    pub fn scopes(self) -> &'static [&'static str] {
        self.row().scopes
    }

    /// The audit event of a refusal.
    #[must_use]
    pub fn refused_event(self) -> &'static str {
        self.row().refused
    }

    /// Decides over the principal; the scope is checked before.
    pub(super) fn decide(self, caller: &Caller) -> Decision {
        let row = self.row();
        match caller.principal {
            Principal::ApiClient { .. } if row.api_client => Decision::Allow,
            Principal::ApiClient { .. } => Decision::Forbidden("the operation needs a user's token"),
            Principal::User { .. } if row.levels.iter().any(|level| caller.has_level(*level)) => Decision::Allow,
            Principal::User { .. } if row.levels == ADMIN => Decision::Forbidden("the user lacks the level ORG_ADMIN"),
            Principal::User { .. } => Decision::Forbidden("the user lacks a level of an administrator"),
        }
    }
}
