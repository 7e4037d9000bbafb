//! The operations on people, their accounts and their applications.

use super::objects::{CHANGE, COLLECTION, FAULTY, LIST, ONE, query};
use super::operations::{BODY, call, json};
use super::{Content, Operation, Parameter};

const ACCOUNTS: &[Parameter] = &[
    query("limit", "integer", "0 to 250; absent: 250"),
    query("offset", "integer", "Rows to leave out in front"),
    query("count", "boolean", "Whether X-Total-Count tells how many match"),
    query("filters", "string", "Which rows, as in sourceId eq \"a\" and uncorrelated eq false"),
    query("sorters", "string", "Fields to sort by, separated by commas; - in front means descending"),
    query("detailLevel", "string", "Changes nothing: there are no further details"),
];
const IDENTITIES: &[Parameter] = &[
    query("limit", "integer", "0 to 250; absent: 250"),
    query("offset", "integer", "Rows to leave out in front"),
    query("count", "boolean", "Whether X-Total-Count tells how many match"),
    query("filters", "string", "Which rows, as in lastname sw \"a\""),
    query("sorters", "string", "Fields to sort by, separated by commas; - in front means descending"),
    query("defaultFilter", "string", "Changes nothing: every identity is correlated"),
];
const ACCOUNTS_READ: &[&str] = &["idn:accounts:read", "idn:accounts:manage"];

pub(crate) const LIST_ACCOUNTS: Operation = Operation {
    parameters: ACCOUNTS,
    response: json("AccountList"),
    errors: LIST,
    ..call("list_accounts", "List accounts as they were last read from their sources", ACCOUNTS_READ)
};

pub(crate) const GET_ACCOUNT: Operation =
    Operation { response: json("Account"), errors: ONE, ..call("get_account", "Get an account", ACCOUNTS_READ) };

pub(crate) const UPDATE_ACCOUNT: Operation = Operation {
    request: Some(Content { media_types: &["application/json-patch+json"], schema: "JsonPatch" }),
    success: 202,
    response: json("AccountsAsyncResult"),
    errors: CHANGE,
    ..call("update_account", "Say whose an account is: identityId", &["idn:accounts:manage"])
};

const STATE_MANAGE: &[&str] = &["idn:accounts-state:manage"];

pub(crate) const UNLOCK_ACCOUNT: Operation = Operation {
    request: Some(json("AccountUnlockRequest")),
    success: 202,
    response: json("AccountsAsyncResult"),
    errors: CHANGE,
    ..call("unlock_account", "Unlock an account at its source", STATE_MANAGE)
};

pub(crate) const ENABLE_ACCOUNT: Operation = Operation {
    request: Some(json("AccountToggleRequest")),
    success: 202,
    response: json("AccountsAsyncResult"),
    errors: CHANGE,
    ..call("enable_account", "Enable an account at its source", STATE_MANAGE)
};

pub(crate) const DISABLE_ACCOUNT: Operation = Operation {
    request: Some(json("AccountToggleRequest")),
    success: 202,
    response: json("AccountsAsyncResult"),
    errors: CHANGE,
    ..call("disable_account", "Disable an account at its source", STATE_MANAGE)
};

pub(crate) const RELOAD_ACCOUNT: Operation = Operation {
    success: 202,
    response: json("AccountsAsyncResult"),
    errors: FAULTY,
    ..call("reload_account", "Look at the state of an account at its source anew", STATE_MANAGE)
};

const IDENTITY_READ: &[&str] = &["idn:identity:read", "idn:identity:manage"];

pub(crate) const LIST_IDENTITIES: Operation = Operation {
    parameters: IDENTITIES,
    response: json("IdentityList"),
    errors: LIST,
    ..call("list_identities", "List identities", IDENTITY_READ)
};

pub(crate) const GET_IDENTITY: Operation =
    Operation { response: json("Identity"), errors: ONE, ..call("get_identity", "Get an identity", IDENTITY_READ) };

pub(crate) const SEARCH_IDENTITIES: Operation = Operation {
    parameters: COLLECTION,
    response: json("IdentityV2List"),
    errors: LIST,
    ..call("search_identities", "List identities in their newer form", IDENTITY_READ)
};

pub(crate) const GET_IDENTITY_V2: Operation = Operation {
    response: json("IdentityV2"),
    errors: ONE,
    ..call("get_identity_v2", "Get an identity in its newer form", IDENTITY_READ)
};

pub(crate) const LIST_PUBLIC_IDENTITIES: Operation = Operation {
    parameters: &[
        query("limit", "integer", "0 to 250; absent: 250"),
        query("offset", "integer", "Rows to leave out in front"),
        query("count", "boolean", "Whether X-Total-Count tells how many match"),
        query("filters", "string", "Which rows, as in alias sw \"a\""),
        query("sorters", "string", "name; - in front means descending"),
        query("add-core-filters", "boolean", "Only those with a family name and a mail address"),
    ],
    response: json("PublicIdentityList"),
    errors: LIST,
    ..call("list_public_identities", "List what everybody may know of identities", &["sp:scopes:default"])
};

const APPS_READ: &[&str] = &["idn:app-roles:read", "idn:app-roles:manage"];
const APPS_MANAGE: &[&str] = &["idn:app-roles:manage"];

pub(crate) const LIST_SOURCE_APPS: Operation = Operation {
    parameters: COLLECTION,
    response: json("SourceAppList"),
    errors: LIST,
    ..call("list_source_apps", "List the applications that are switched on", APPS_READ)
};

pub(crate) const LIST_ALL_SOURCE_APPS: Operation = Operation {
    parameters: COLLECTION,
    response: json("SourceAppList"),
    errors: LIST,
    ..call("list_all_source_apps", "List all applications", APPS_READ)
};

pub(crate) const LIST_ASSIGNED_SOURCE_APPS: Operation = Operation {
    parameters: COLLECTION,
    response: json("SourceAppList"),
    errors: LIST,
    ..call("list_assigned_source_apps", "List the applications that the user has", APPS_READ)
};

pub(crate) const GET_SOURCE_APP: Operation =
    Operation { response: json("SourceApp"), errors: ONE, ..call("get_source_app", "Get an application", APPS_READ) };

pub(crate) const CREATE_SOURCE_APP: Operation = Operation {
    request: Some(json("SourceAppCreate")),
    response: json("SourceApp"),
    errors: BODY,
    ..call("create_source_app", "Make an application", APPS_MANAGE)
};

pub(crate) const PATCH_SOURCE_APP: Operation = Operation {
    request: Some(Content { media_types: &["application/json-patch+json"], schema: "JsonPatch" }),
    response: json("SourceApp"),
    errors: CHANGE,
    ..call("patch_source_app", "Change fields of an application", APPS_MANAGE)
};

pub(crate) const UPDATE_SOURCE_APPS: Operation = Operation {
    request: Some(json("SourceAppBulkUpdateRequest")),
    success: 204,
    errors: CHANGE,
    ..call("update_source_apps", "Change fields of several applications", APPS_MANAGE)
};

pub(crate) const DELETE_SOURCE_APP: Operation = Operation {
    response: json("SourceApp"),
    errors: ONE,
    ..call("delete_source_app", "Delete an application; gives what it was", APPS_MANAGE)
};

pub(crate) const LIST_USER_APPS: Operation = Operation {
    parameters: COLLECTION,
    response: json("UserAppList"),
    errors: LIST,
    ..call("list_user_apps", "List the user's own applications with their accounts", APPS_READ)
};

pub(crate) const LIST_ALL_USER_APPS: Operation = Operation {
    parameters: COLLECTION,
    response: json("UserAppList"),
    errors: LIST,
    ..call("list_all_user_apps", "List everybody's applications; a filter is required", APPS_MANAGE)
};

pub(crate) const LIST_AVAILABLE_ACCOUNTS: Operation = Operation {
    parameters: &[
        query("limit", "integer", "0 to 250; absent: 250"),
        query("offset", "integer", "Rows to leave out in front"),
        query("count", "boolean", "Whether X-Total-Count tells how many match"),
    ],
    response: json("AppAccountDetailsList"),
    errors: FAULTY,
    ..call("list_available_accounts", "List the accounts that an application of the user can be used with", APPS_READ)
};

/// No scope of their own: everything a level allows.
const ALL: &[&str] = &["sp:scopes:all"];
const ACTIVITIES: &[Parameter] = &[
    query("requested-for", "string", "An identity's id, or me"),
    query("requested-by", "string", "An identity's id, or me"),
    query("regarding-identity", "string", "An identity's id, or me: the one who asked or the one it was for"),
    query("limit", "integer", "0 to 250; absent: 250"),
    query("offset", "integer", "Rows to leave out in front"),
    query("count", "boolean", "Whether X-Total-Count tells how many match"),
    query("filters", "string", "Which rows, as in created gt 2026-01-31T12:00:00Z"),
    query("sorters", "string", "Fields to sort by, separated by commas; - in front means descending"),
];

pub(crate) const LIST_ACCOUNT_ACTIVITIES: Operation = Operation {
    parameters: ACTIVITIES,
    response: json("AccountActivityList"),
    errors: LIST,
    ..call("list_account_activities", "List password changes as account activities", ALL)
};

pub(crate) const GET_ACCOUNT_ACTIVITY: Operation = Operation {
    response: json("AccountActivity"),
    errors: ONE,
    ..call("get_account_activity", "Get a password change as an account activity", ALL)
};
