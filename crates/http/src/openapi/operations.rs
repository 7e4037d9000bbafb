//! Every operation, as the document describes it.

use super::{Content, Operation, Parameter};

const JSON: &[&str] = &["application/json"];
const FORM: &[&str] = &["application/x-www-form-urlencoded", "multipart/form-data"];
/// A body that does not read, is too long, or is not JSON.
pub(super) const BODY: &[(u16, &str)] =
    &[(400, "ErrorResponseDto"), (413, "ErrorResponseDto"), (415, "ErrorResponseDto")];

pub(super) const fn json(schema: &'static str) -> Content {
    Content { media_types: JSON, schema }
}

pub(super) const fn call(name: &'static str, summary: &'static str, scopes: &'static [&'static str]) -> Operation {
    Operation {
        name,
        summary,
        request: None,
        request_is_optional: false,
        scopes,
        success: 200,
        empty: None,
        parameters: &[],
        response: json("Object"),
        errors: &[],
        pages: &[],
    }
}

pub(crate) const CREATE_DIGIT_TOKEN: Operation = Operation {
    request: Some(json("PasswordDigitTokenReset")),
    response: json("PasswordDigitToken"),
    errors: BODY,
    ..call("create_digit_token", "Generate a digit token for a user", &["idn:password-digit-token:create"])
};

pub(crate) const VERIFY_DIGIT_TOKEN: Operation = Operation {
    request: Some(json("DigitTokenVerification")),
    response: json("DigitTokenVerificationResponse"),
    errors: BODY,
    ..call("verify_digit_token", "Verify and use up a digit token", &["idn:password-digit-token:create"])
};

pub(crate) const QUERY_PASSWORD_INFO: Operation = Operation {
    request: Some(json("PasswordInfoQueryDTO")),
    response: json("PasswordInfo"),
    errors: BODY,
    ..call("query_password_info", "Query what is needed to set a password", &["idn:password-info:read"])
};

pub(crate) const SET_PASSWORD: Operation = Operation {
    request: Some(json("PasswordChangeRequest")),
    success: 202,
    response: json("PasswordChangeResponse"),
    errors: BODY,
    ..call("set_password", "Set a password", &["idn:password-change:manage"])
};

pub(crate) const GET_PASSWORD_CHANGE_STATUS: Operation = Operation {
    response: json("PasswordStatus"),
    errors: &[(404, "ErrorResponseDto")],
    ..call("get_password_change_status", "Get the state of a password change", &["idn:password-change:read"])
};

pub(crate) const SYNC_PASSWORD: Operation = Operation {
    request: Some(json("SyncPasswordRequest")),
    success: 202,
    empty: Some(204),
    response: json("PasswordChangeResponse"),
    errors: BODY,
    ..call(
        "sync_password",
        "Bring a password that was changed at one source to the others of its password group",
        &["idn:password-change:manage"],
    )
};

pub(crate) const CREATE_PASSWORD_CHANGE: Operation = Operation {
    request: Some(json("NewPasswordChange")),
    success: 202,
    parameters: &[Parameter {
        name: "Idempotency-Key",
        place: "header",
        kind: "string",
        description: "1 to 255 visible ASCII characters; the same request under the same key within 24 hours gets the first answer",
    }],
    response: json("PasswordChangeResponse"),
    errors: &[
        (400, "ErrorResponseDto"),
        (409, "ErrorResponseDto"),
        (413, "ErrorResponseDto"),
        (415, "ErrorResponseDto"),
    ],
    ..call("create_password_change", "Set a password, at most once", &["idn:password-change:manage"])
};

pub(crate) const GET_PASSWORD_CHANGE: Operation = Operation {
    response: json("PasswordChange"),
    errors: &[(404, "ErrorResponseDto")],
    ..call("get_password_change", "Get a password change with its targets", &["idn:password-change:read"])
};

pub(crate) const LIST_PASSWORD_CHANGES: Operation = Operation {
    parameters: &[
        Parameter {
            name: "identityId",
            place: "query",
            kind: "string",
            description: "Whose changes; absent: the user's own",
        },
        Parameter { name: "limit", place: "query", kind: "integer", description: "0 to 250; absent: 250" },
        Parameter { name: "offset", place: "query", kind: "integer", description: "Changes to leave out in front" },
    ],
    response: json("PasswordChangeList"),
    errors: &[(400, "ErrorResponseDto")],
    ..call("list_password_changes", "List an identity's password changes, newest first", &["idn:password-change:read"])
};

pub(crate) const CANCEL_PASSWORD_CHANGE: Operation = Operation {
    response: json("PasswordChange"),
    errors: &[(404, "ErrorResponseDto"), (409, "ErrorResponseDto")],
    ..call("cancel_password_change", "Cancel what was not written to yet", &["idn:password-change:manage"])
};

pub(crate) const LIST_HELD_CHANGES: Operation = Operation {
    response: json("PasswordChangeList"),
    ..call("list_held_changes", "List the changes held after a restore", &["idn:password-change:manage"])
};

pub(crate) const RELEASE_HELD_CHANGES: Operation = Operation {
    request: Some(json("HeldChangesRequest")),
    response: json("HeldChangesResponse"),
    errors: BODY,
    ..call("release_held_changes", "Let held changes go on", &["idn:password-change:manage"])
};

pub(crate) const CANCEL_HELD_CHANGES: Operation = Operation {
    request: Some(json("HeldChangesRequest")),
    response: json("HeldChangesResponse"),
    errors: BODY,
    ..call("cancel_held_changes", "Give held changes up", &["idn:password-change:manage"])
};

pub(crate) const WATCH_PASSWORD_CHANGE: Operation = Operation {
    parameters: &[Parameter {
        name: "Last-Event-ID",
        place: "header",
        kind: "string",
        description: "Version of the change that is known already",
    }],
    // Of each event of the stream.
    response: Content { media_types: &["text/event-stream"], schema: "Event" },
    errors: &[(404, "ErrorResponseDto")],
    ..call(
        "watch_password_change",
        "Events of a password change until its end; the data of each is a PasswordChange",
        &["idn:password-change:read"],
    )
};

pub(crate) const DRY_RUN_PASSWORD: Operation = Operation {
    request: Some(json("PasswordDryRun")),
    response: json("PasswordDryRunResponse"),
    errors: BODY,
    ..call("dry_run_password", "Which rules a password would break at each account", &["idn:password-change:manage"])
};

const READ_WEBHOOKS: &[&str] = &["passwright:webhooks:read", "passwright:webhooks:manage"];
const MANAGE_WEBHOOKS: &[&str] = &["passwright:webhooks:manage"];

pub(crate) const LIST_WEBHOOKS: Operation =
    Operation { response: json("WebhookList"), ..call("list_webhooks", "List the webhooks by name", READ_WEBHOOKS) };

pub(crate) const CREATE_WEBHOOK: Operation = Operation {
    request: Some(json("WebhookRequest")),
    success: 201,
    response: json("CreatedWebhook"),
    errors: &[
        (400, "ErrorResponseDto"),
        (409, "ErrorResponseDto"),
        (413, "ErrorResponseDto"),
        (415, "ErrorResponseDto"),
    ],
    ..call("create_webhook", "Add a webhook; its secret is in this answer alone", MANAGE_WEBHOOKS)
};

pub(crate) const GET_WEBHOOK: Operation = Operation {
    response: json("Webhook"),
    errors: &[(404, "ErrorResponseDto")],
    ..call("get_webhook", "Get a webhook", READ_WEBHOOKS)
};

pub(crate) const UPDATE_WEBHOOK: Operation = Operation {
    request: Some(json("WebhookRequest")),
    response: json("Webhook"),
    errors: &[
        (400, "ErrorResponseDto"),
        (404, "ErrorResponseDto"),
        (409, "ErrorResponseDto"),
        (413, "ErrorResponseDto"),
        (415, "ErrorResponseDto"),
    ],
    ..call("update_webhook", "Replace what a webhook is; its secret stays", MANAGE_WEBHOOKS)
};

pub(crate) const DELETE_WEBHOOK: Operation = Operation {
    success: 204,
    errors: &[(404, "ErrorResponseDto")],
    ..call("delete_webhook", "Delete a webhook with what was to be sent to it", MANAGE_WEBHOOKS)
};

pub(crate) const LIST_WEBHOOK_DELIVERIES: Operation = Operation {
    parameters: &[
        Parameter { name: "limit", place: "query", kind: "integer", description: "0 to 250; absent: 250" },
        Parameter { name: "offset", place: "query", kind: "integer", description: "Messages to leave out in front" },
    ],
    response: json("WebhookDeliveryList"),
    errors: &[(400, "ErrorResponseDto"), (404, "ErrorResponseDto")],
    ..call("list_webhook_deliveries", "List the messages to a webhook, newest first", READ_WEBHOOKS)
};

pub(crate) const TEST_WEBHOOK: Operation = Operation {
    success: 202,
    response: json("WebhookTest"),
    errors: &[(404, "ErrorResponseDto"), (409, "ErrorResponseDto")],
    ..call("test_webhook", "Send a message that says nothing", MANAGE_WEBHOOKS)
};

/// The errors of an operation on one object that takes a body.
const BODY_OF_ONE: &[(u16, &str)] = &[
    (400, "ErrorResponseDto"),
    (404, "ErrorResponseDto"),
    (409, "ErrorResponseDto"),
    (413, "ErrorResponseDto"),
    (415, "ErrorResponseDto"),
];
pub(super) const NO_BODY: Content = Content { media_types: &[], schema: "Object" };
const LAST_USED: Parameter = Parameter {
    name: "filters",
    place: "query",
    kind: "string",
    description: "lastUsed le 2026-01-31T12:00:00Z, or lastUsed isnull",
};
pub(super) const PATCH: Option<Content> =
    Some(Content { media_types: &["application/json-patch+json"], schema: "JsonPatch" });
const CLIENTS_READ: &[&str] = &["sp:oauth-client:read", "sp:oauth-client:manage"];
const CLIENTS_MANAGE: &[&str] = &["sp:oauth-client:manage"];

pub(crate) const LIST_OAUTH_CLIENTS: Operation = Operation {
    parameters: &[LAST_USED],
    response: json("OauthClientList"),
    errors: &[(400, "ErrorResponseDto")],
    ..call("list_oauth_clients", "List API clients", CLIENTS_READ)
};

pub(crate) const CREATE_OAUTH_CLIENT: Operation = Operation {
    request: Some(json("CreateOauthClientRequest")),
    response: json("OauthClient"),
    errors: BODY,
    ..call("create_oauth_client", "Create an API client; the answer alone holds its secret", CLIENTS_MANAGE)
};

pub(crate) const GET_OAUTH_CLIENT: Operation = Operation {
    response: json("OauthClient"),
    errors: &[(404, "ErrorResponseDto")],
    ..call("get_oauth_client", "Get an API client", CLIENTS_READ)
};

pub(crate) const PATCH_OAUTH_CLIENT: Operation = Operation {
    request: PATCH,
    response: json("OauthClient"),
    errors: BODY_OF_ONE,
    ..call("patch_oauth_client", "Change fields of an API client", CLIENTS_MANAGE)
};

pub(crate) const DELETE_OAUTH_CLIENT: Operation = Operation {
    success: 204,
    response: NO_BODY,
    errors: &[(404, "ErrorResponseDto")],
    ..call("delete_oauth_client", "Delete an API client", CLIENTS_MANAGE)
};

const TOKENS_READ: &[&str] = &[
    "sp:my-personal-access-tokens:read",
    "sp:my-personal-access-tokens:manage",
    "sp:all-personal-access-tokens:read",
    "sp:all-personal-access-tokens:manage",
];
const TOKENS_MANAGE: &[&str] = &["sp:my-personal-access-tokens:manage", "sp:all-personal-access-tokens:manage"];

pub(crate) const LIST_PERSONAL_ACCESS_TOKENS: Operation = Operation {
    parameters: &[
        Parameter {
            name: "owner-id",
            place: "query",
            kind: "string",
            description: "Whose tokens: an identity's id, or me; absent: everybody's",
        },
        LAST_USED,
    ],
    response: json("PersonalAccessTokenList"),
    errors: &[(400, "ErrorResponseDto")],
    ..call("list_personal_access_tokens", "List personal access tokens", TOKENS_READ)
};

pub(crate) const CREATE_PERSONAL_ACCESS_TOKEN: Operation = Operation {
    request: Some(json("CreatePersonalAccessTokenRequest")),
    response: json("CreatedPersonalAccessToken"),
    errors: BODY,
    ..call(
        "create_personal_access_token",
        "Create a personal access token of one's own; the answer alone holds its secret",
        TOKENS_MANAGE,
    )
};

pub(crate) const PATCH_PERSONAL_ACCESS_TOKEN: Operation = Operation {
    request: PATCH,
    response: json("PersonalAccessToken"),
    errors: BODY_OF_ONE,
    ..call(
        "patch_personal_access_token",
        "Change fields of one of one's personal access tokens",
        &["sp:my-personal-access-tokens:manage"],
    )
};

pub(crate) const DELETE_PERSONAL_ACCESS_TOKEN: Operation = Operation {
    success: 204,
    response: NO_BODY,
    errors: &[(404, "ErrorResponseDto")],
    ..call("delete_personal_access_token", "Delete a personal access token", TOKENS_MANAGE)
};

pub(crate) const CREATE_TOKEN: Operation = Operation {
    request: Some(Content { media_types: FORM, schema: "TokenRequest" }),
    response: json("TokenResponse"),
    errors: &[(400, "OAuthError"), (401, "OAuthError"), (413, "ErrorResponseDto"), (415, "ErrorResponseDto")],
    ..call("create_token", "Get an access token; parameters may also stand in the query string", &[])
};

const fn asks(name: &'static str, description: &'static str) -> Parameter {
    Parameter { name, place: "query", kind: "string", description }
}

pub(crate) const GET_AUTHORIZE: Operation = Operation {
    parameters: &[
        asks("response_type", "code"),
        asks("client_id", "Id of an API client with AUTHORIZATION_CODE"),
        asks("redirect_uri", "One of the client's, character by character"),
        asks("scope", "Scopes separated by spaces; absent: all the client's"),
        asks("state", "Comes back with the code"),
        asks("code_challenge", "RFC 7636"),
        asks("code_challenge_method", "S256"),
    ],
    response: Content { media_types: &["text/html"], schema: "Text" },
    empty: Some(303),
    pages: &[400],
    ..call("get_authorize", "The page where a user signs in for a client", &[])
};

pub(crate) const POST_AUTHORIZE: Operation = Operation {
    request: Some(Content { media_types: &["application/x-www-form-urlencoded"], schema: "Object" }),
    success: 303,
    response: NO_BODY,
    pages: &[400, 403, 413, 415, 429],
    ..call("post_authorize", "What the sign-in page sends; leads back to the client", &[])
};

pub(crate) const REVOKE_TOKEN: Operation = Operation {
    request: Some(Content { media_types: FORM, schema: "RevocationRequest" }),
    response: NO_BODY,
    errors: &[(400, "OAuthError"), (401, "OAuthError"), (413, "ErrorResponseDto"), (415, "ErrorResponseDto")],
    ..call("revoke_token", "Revoke all that came of a sign-in (RFC 7009)", &[])
};

pub(crate) const GET_OAUTH_INFO: Operation =
    Operation { response: json("OAuthInfo"), ..call("get_oauth_info", "Where to get tokens", &[]) };

pub(crate) const GET_JWKS: Operation =
    Operation { response: json("JsonWebKeySet"), ..call("get_jwks", "Public keys of the tokens (RFC 7517)", &[]) };

pub(crate) const GET_SERVER_METADATA: Operation = Operation {
    response: json("ServerMetadata"),
    ..call("get_server_metadata", "Metadata of the OAuth 2.0 server (RFC 8414)", &[])
};

pub(crate) const LIVEZ: Operation =
    Operation { response: json("Alive"), ..call("livez", "Whether the process answers", &[]) };

pub(crate) const READYZ: Operation =
    Operation { response: json("Ready"), ..call("readyz", "Whether the database answers, and what it survives", &[]) };

pub(crate) const GET_METRICS: Operation = Operation {
    response: Content { media_types: &["application/openmetrics-text"], schema: "Text" },
    ..call("get_metrics", "Counters in the OpenMetrics text format", &[])
};

pub(crate) const GET_OPENAPI: Operation = call("get_openapi", "This document", &[]);
