//! The operations on what administrators keep.

use super::operations::{BODY, NO_BODY, call, json};
use super::{Content, Operation, Parameter};

/// Of every list.
pub(super) const COLLECTION: &[Parameter] = &[
    query("limit", "integer", "0 to 250; absent: 250"),
    query("offset", "integer", "Rows to leave out in front"),
    query("count", "boolean", "Whether X-Total-Count tells how many match"),
    query("filters", "string", "Which rows, as in name sw \"a\" and not id in (\"1\", \"2\")"),
    query("sorters", "string", "Fields to sort by, separated by commas; - in front means descending"),
];
pub(super) const LIST: &[(u16, &str)] = &[(400, "ErrorResponseDto")];
pub(super) const ONE: &[(u16, &str)] = &[(404, "ErrorResponseDto")];
pub(super) const FAULTY: &[(u16, &str)] = &[(400, "ErrorResponseDto"), (404, "ErrorResponseDto")];
/// A body as in [`BODY`], for an object that may be absent.
pub(super) const CHANGE: &[(u16, &str)] = &[
    (400, "ErrorResponseDto"),
    (404, "ErrorResponseDto"),
    (409, "ErrorResponseDto"),
    (413, "ErrorResponseDto"),
    (415, "ErrorResponseDto"),
];

pub(super) const fn query(name: &'static str, kind: &'static str, description: &'static str) -> Parameter {
    Parameter { name, place: "query", kind, description }
}

const POLICY_READ: &[&str] = &["idn:password-policy:read"];
const POLICY_WRITE: &[&str] = &["idn:password-policy:write"];

pub(crate) const LIST_PASSWORD_POLICIES: Operation = Operation {
    parameters: COLLECTION,
    response: json("PasswordPolicyList"),
    errors: LIST,
    ..call("list_password_policies", "List the password policies", POLICY_READ)
};

pub(crate) const CREATE_PASSWORD_POLICY: Operation = Operation {
    request: Some(json("PasswordPolicyV3Dto")),
    response: json("PasswordPolicyV3Dto"),
    errors: CHANGE,
    ..call("create_password_policy", "Make a password policy", POLICY_WRITE)
};

pub(crate) const GET_PASSWORD_POLICY: Operation = Operation {
    response: json("PasswordPolicyV3Dto"),
    errors: ONE,
    ..call("get_password_policy", "Get a password policy", POLICY_READ)
};

pub(crate) const SET_PASSWORD_POLICY: Operation = Operation {
    request: Some(json("PasswordPolicyV3Dto")),
    response: json("PasswordPolicyV3Dto"),
    errors: CHANGE,
    ..call("set_password_policy", "Replace a password policy", POLICY_WRITE)
};

pub(crate) const DELETE_PASSWORD_POLICY: Operation = Operation {
    success: 204,
    errors: FAULTY,
    ..call("delete_password_policy", "Delete a password policy that nothing uses", POLICY_WRITE)
};

const GROUP_READ: &[&str] = &["idn:password-sync-group:read", "idn:password-sync-group:manage"];
const GROUP_MANAGE: &[&str] = &["idn:password-sync-group:manage"];

pub(crate) const LIST_PASSWORD_GROUPS: Operation = Operation {
    parameters: COLLECTION,
    response: json("PasswordSyncGroupList"),
    errors: LIST,
    ..call("list_password_groups", "List the password sync groups", GROUP_READ)
};

pub(crate) const CREATE_PASSWORD_GROUP: Operation = Operation {
    request: Some(json("PasswordSyncGroup")),
    response: json("PasswordSyncGroup"),
    errors: CHANGE,
    ..call("create_password_group", "Make a password sync group", GROUP_MANAGE)
};

pub(crate) const GET_PASSWORD_GROUP: Operation = Operation {
    response: json("PasswordSyncGroup"),
    errors: ONE,
    ..call("get_password_group", "Get a password sync group", GROUP_READ)
};

pub(crate) const UPDATE_PASSWORD_GROUP: Operation = Operation {
    request: Some(json("PasswordSyncGroup")),
    response: json("PasswordSyncGroup"),
    errors: CHANGE,
    ..call("update_password_group", "Replace a password sync group", GROUP_MANAGE)
};

pub(crate) const DELETE_PASSWORD_GROUP: Operation = Operation {
    success: 204,
    errors: ONE,
    ..call("delete_password_group", "Delete a password sync group; its sources keep its policy", GROUP_MANAGE)
};

pub(crate) const GET_PASSWORD_DICTIONARY: Operation = Operation {
    response: Content { media_types: &["text/plain"], schema: "Text" },
    errors: ONE,
    ..call(
        "get_password_dictionary",
        "Get the password dictionary as it was uploaded",
        &["idn:password-dictionary:read", "idn:password-dictionary:manage"],
    )
};

pub(crate) const PUT_PASSWORD_DICTIONARY: Operation = Operation {
    request: Some(Content { media_types: &["multipart/form-data"], schema: "PasswordDictionaryFile" }),
    empty: Some(201),
    response: NO_BODY,
    errors: BODY,
    ..call("put_password_dictionary", "Replace the password dictionary", &["idn:password-dictionary:manage"])
};

const ORG_CONFIG_MANAGE: &[&str] = &["idn:password-org-config:manage", "idn:password-org-config:write"];

pub(crate) const GET_PASSWORD_ORG_CONFIG: Operation = Operation {
    response: json("PasswordOrgConfig"),
    ..call("get_password_org_config", "Get the password settings", &["idn:password-org-config:read"])
};

pub(crate) const CREATE_PASSWORD_ORG_CONFIG: Operation = Operation {
    request: Some(json("PasswordOrgConfig")),
    response: json("PasswordOrgConfig"),
    errors: BODY,
    ..call(
        "create_password_org_config",
        "Set the password settings; what is absent takes its default",
        ORG_CONFIG_MANAGE,
    )
};

pub(crate) const PUT_PASSWORD_ORG_CONFIG: Operation = Operation {
    request: Some(json("PasswordOrgConfig")),
    response: json("PasswordOrgConfig"),
    errors: BODY,
    ..call("put_password_org_config", "Change the password settings; what is absent keeps its value", ORG_CONFIG_MANAGE)
};

/// No scope of their own: everything a level allows.
const ALL: &[&str] = &["sp:scopes:all"];
const LOCALE: &[Parameter] = &[query("locale", "string", "A language tag; absent: default")];

pub(crate) const CREATE_INSTRUCTIONS: Operation = Operation {
    request: Some(json("CustomPasswordInstruction")),
    response: json("CustomPasswordInstruction"),
    errors: BODY,
    ..call("create_custom_password_instructions", "Set a page's own text in a locale; answers what was kept of it", ALL)
};

pub(crate) const GET_INSTRUCTIONS: Operation = Operation {
    parameters: LOCALE,
    response: json("CustomPasswordInstruction"),
    errors: FAULTY,
    ..call("get_custom_password_instructions", "Get a page's own text in a locale", ALL)
};

pub(crate) const DELETE_INSTRUCTIONS: Operation = Operation {
    parameters: LOCALE,
    success: 204,
    errors: FAULTY,
    ..call("delete_custom_password_instructions", "Delete a page's own text in a locale", ALL)
};

pub(crate) const LIST_POLICY_HOLDERS: Operation = Operation {
    parameters: COLLECTION,
    response: json("PasswordPolicyHolderList"),
    errors: FAULTY,
    ..call("list_policy_holders", "List the password policies of a source", POLICY_READ)
};

pub(crate) const UPDATE_POLICY_HOLDERS: Operation = Operation {
    request: Some(json("PasswordPolicyHolderList")),
    response: json("PasswordPolicyHolderList"),
    errors: CHANGE,
    ..call("update_policy_holders", "Replace the password policies of a source", &["idn:sources:manage"])
};
