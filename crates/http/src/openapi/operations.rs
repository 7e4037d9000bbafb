//! Every operation, as the document describes it.

use super::{Content, Operation};

const JSON: &[&str] = &["application/json"];
const FORM: &[&str] = &["application/x-www-form-urlencoded", "multipart/form-data"];
/// A body that does not read, is too long, or is not JSON.
const BODY: &[(u16, &str)] = &[(400, "ErrorResponseDto"), (413, "ErrorResponseDto"), (415, "ErrorResponseDto")];

const fn json(schema: &'static str) -> Content {
    Content { media_types: JSON, schema }
}

const fn call(name: &'static str, summary: &'static str, scopes: &'static [&'static str]) -> Operation {
    Operation { name, summary, request: None, scopes, success: 200, response: json("Object"), errors: &[] }
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

pub(crate) const CREATE_TOKEN: Operation = Operation {
    request: Some(Content { media_types: FORM, schema: "TokenRequest" }),
    response: json("TokenResponse"),
    errors: &[(400, "OAuthError"), (401, "OAuthError"), (413, "ErrorResponseDto"), (415, "ErrorResponseDto")],
    ..call("create_token", "Get an access token; parameters may also stand in the query string", &[])
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
