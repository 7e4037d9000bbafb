//! The operations on how people sign in, on their levels, and on further factors.

use super::objects::{CHANGE, FAULTY, ONE, query};
use super::operations::{BODY, call, json};
use super::{Content, Operation, Parameter};

const PATCH: Option<Content> = Some(Content { media_types: &["application/json-patch+json"], schema: "JsonPatch" });
const ORG_READ: &[&str] = &["sp:auth-org:read"];
const ORG_MANAGE: &[&str] = &["sp:auth-org:manage"];

pub(crate) const GET_LOCKOUT_CONFIG: Operation = Operation {
    response: json("LockoutConfiguration"),
    ..call("get_lockout_config", "Get when a name is locked after failed sign-ins", ORG_READ)
};

pub(crate) const PATCH_LOCKOUT_CONFIG: Operation = Operation {
    request: PATCH,
    response: json("LockoutConfiguration"),
    errors: CHANGE,
    ..call("patch_lockout_config", "Change when a name is locked after failed sign-ins", ORG_MANAGE)
};

pub(crate) const GET_SESSION_CONFIG: Operation = Operation {
    response: json("SessionConfiguration"),
    ..call("get_session_config", "Get how long a session lasts", ORG_READ)
};

pub(crate) const PATCH_SESSION_CONFIG: Operation = Operation {
    request: PATCH,
    response: json("SessionConfiguration"),
    errors: CHANGE,
    ..call("patch_session_config", "Change how long a session lasts", ORG_MANAGE)
};

pub(crate) const GET_NETWORK_CONFIG: Operation = Operation {
    response: json("NetworkConfiguration"),
    ..call("get_network_config", "Get which networks are the organisation's own", ORG_READ)
};

pub(crate) const CREATE_NETWORK_CONFIG: Operation = Operation {
    request: Some(json("NetworkConfiguration")),
    response: json("NetworkConfiguration"),
    errors: CHANGE,
    ..call("create_network_config", "Set which networks are the organisation's own", ORG_MANAGE)
};

pub(crate) const PATCH_NETWORK_CONFIG: Operation = Operation {
    request: PATCH,
    response: json("NetworkConfiguration"),
    errors: CHANGE,
    ..call("patch_network_config", "Change which networks are the organisation's own", ORG_MANAGE)
};

pub(crate) const GET_SERVICE_PROVIDER_CONFIG: Operation = Operation {
    response: json("ServiceProviderConfiguration"),
    ..call("get_service_provider_config", "Get the sign-in with SAML, which there is none of", ORG_READ)
};

pub(crate) const PATCH_SERVICE_PROVIDER_CONFIG: Operation = Operation {
    request: PATCH,
    response: json("ServiceProviderConfiguration"),
    errors: CHANGE,
    ..call("patch_service_provider_config", "Refuses to switch the sign-in with SAML on", ORG_MANAGE)
};

pub(crate) const GET_AUTH_USER: Operation = Operation {
    response: json("AuthUser"),
    errors: ONE,
    ..call("get_auth_user", "Get a user with its levels", &["sp:auth-user:read"])
};

pub(crate) const PATCH_AUTH_USER: Operation = Operation {
    request: PATCH,
    response: json("AuthUser"),
    errors: CHANGE,
    ..call("patch_auth_user", "Give and take levels of a user: capabilities", &["sp:auth-user:manage"])
};

const MFA_READ: &[&str] = &["idn:mfa-configuration:read", "idn:mfa-configuration:manage"];
const MFA_MANAGE: &[&str] = &["idn:mfa-configuration:manage"];

pub(crate) const GET_OKTA_CONFIG: Operation = Operation {
    response: json("MfaOktaConfig"),
    ..call("get_okta_config", "Get how Okta Verify is reached; secrets are masked", MFA_READ)
};

pub(crate) const SET_OKTA_CONFIG: Operation = Operation {
    request: Some(json("MfaOktaConfig")),
    response: json("MfaOktaConfig"),
    errors: BODY,
    ..call("set_okta_config", "Set how Okta Verify is reached", MFA_MANAGE)
};

pub(crate) const GET_DUO_CONFIG: Operation = Operation {
    response: json("MfaDuoConfig"),
    ..call("get_duo_config", "Get how Duo is reached; secrets are masked", MFA_READ)
};

pub(crate) const SET_DUO_CONFIG: Operation = Operation {
    request: Some(json("MfaDuoConfig")),
    response: json("MfaDuoConfig"),
    errors: BODY,
    ..call("set_duo_config", "Set how Duo is reached", MFA_MANAGE)
};

pub(crate) const TEST_MFA_CONFIG: Operation = Operation {
    response: json("MfaConfigTestResponse"),
    errors: FAULTY,
    ..call("test_mfa_config", "Connect to a provider and sign in there; id: okta-verify or duo-web", MFA_READ)
};

pub(crate) const DELETE_MFA_CONFIG: Operation = Operation {
    response: json("MfaOktaConfig"),
    errors: FAULTY,
    ..call("delete_mfa_config", "Forget a provider and its secrets; id: okta-verify or duo-web", MFA_MANAGE)
};

const LANGUAGES: &[Parameter] =
    &[query("allLanguages", "boolean", "Whether text holds the texts of all languages, as JSON")];

pub(crate) const LIST_SECURITY_QUESTIONS: Operation = Operation {
    parameters: LANGUAGES,
    response: json("KbaQuestionList"),
    errors: super::objects::LIST,
    ..call("list_security_questions", "List the security questions", &["idn:mfa-kba:read"])
};

pub(crate) const SET_SECURITY_ANSWERS: Operation = Operation {
    request: Some(json("KbaAnswerRequestItemList")),
    response: json("KbaAnswerResponseItemList"),
    errors: BODY,
    ..call(
        "set_security_answers",
        "Set the user's answers to security questions; answers to others go",
        &["idn:mfa-kba:authenticate"],
    )
};
