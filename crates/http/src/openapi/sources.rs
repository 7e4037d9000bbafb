//! The operations on sources and their schemas.

use super::objects::{CHANGE, FAULTY, ONE, query};
use super::operations::{NO_BODY, PATCH, call, json};
use super::{Content, Operation, Parameter};

const READ: &[&str] = &["idn:sources:read", "idn:sources:manage"];
const MANAGE: &[&str] = &["idn:sources:manage"];
const CONNECTOR: &[&str] = &["idn:source-connector:manage"];
const SCHEMA_READ: &[&str] = &["idn:source-schema:read", "idn:source-schema:manage"];
const SCHEMA_MANAGE: &[&str] = &["idn:source-schema:manage"];

const LISTING: &[Parameter] = &[
    query("limit", "integer", "0 to 250; absent: 250"),
    query("offset", "integer", "Rows to leave out in front"),
    query("count", "boolean", "Whether X-Total-Count tells how many match"),
    query("filters", "string", "Which rows, as in name sw \"a\" and features ca (\"PASSWORD\")"),
    query("sorters", "string", "Fields to sort by, separated by commas; - in front means descending"),
    query("for-subadmin", "string", "Those that this identity administers; me: the caller"),
    query("includeIDNSource", "boolean", "Whether the built-in source is among them"),
];

pub(crate) const LIST_SOURCES: Operation = Operation {
    parameters: LISTING,
    response: json("SourceList"),
    errors: &[(400, "ErrorResponseDto")],
    ..call("list_sources", "List the sources", READ)
};

pub(crate) const CREATE_SOURCE: Operation = Operation {
    parameters: &[query("provisionAsCsv", "boolean", "Not offered: true is refused")],
    request: Some(json("Source")),
    success: 201,
    response: json("Source"),
    errors: CHANGE,
    ..call("create_source", "Connect a system", MANAGE)
};

pub(crate) const GET_SOURCE: Operation =
    Operation { response: json("Source"), errors: ONE, ..call("get_source", "Get a source", READ) };

pub(crate) const PUT_SOURCE: Operation = Operation {
    request: Some(json("Source")),
    response: json("Source"),
    errors: CHANGE,
    ..call("put_source", "Replace what may be changed of a source", MANAGE)
};

pub(crate) const PATCH_SOURCE: Operation = Operation {
    request: PATCH,
    response: json("Source"),
    errors: CHANGE,
    ..call("patch_source", "Change fields of a source", MANAGE)
};

pub(crate) const DELETE_SOURCE: Operation = Operation {
    success: 202,
    response: json("TaskResult"),
    errors: FAULTY,
    ..call("delete_source", "Delete a source that nothing uses", MANAGE)
};

pub(crate) const CHECK_CONNECTION: Operation = Operation {
    response: json("StatusResponse"),
    errors: ONE,
    ..call("check_source_connection", "Connect to a source and sign in as its service account", CONNECTOR)
};

pub(crate) const TEST_CONFIGURATION: Operation = Operation {
    response: json("StatusResponse"),
    errors: ONE,
    ..call("check_source_configuration", "Connect to a source and sign in as its service account", CONNECTOR)
};

pub(crate) const LOAD_ACCOUNTS: Operation = Operation {
    request: Some(Content {
        media_types: &["multipart/form-data", "application/x-www-form-urlencoded"],
        schema: "LoadAccountsForm",
    }),
    request_is_optional: true,
    success: 202,
    response: json("LoadAccountsTask"),
    errors: FORM,
    ..call("load_accounts", "Read the accounts of a source, or those of a CSV file instead", MANAGE)
};

/// A form that does not read, is too long, or is none.
const FORM: &[(u16, &str)] =
    &[(400, "ErrorResponseDto"), (404, "ErrorResponseDto"), (413, "ErrorResponseDto"), (415, "ErrorResponseDto")];

pub(crate) const LIST_AGGREGATIONS: Operation = Operation {
    parameters: &[
        query("sourceId", "string", "Of which source; absent: of all"),
        query("limit", "integer", "0 to 250; absent: 250"),
        query("offset", "integer", "Rows to leave out in front"),
    ],
    response: json("AggregationList"),
    errors: &[(400, "ErrorResponseDto")],
    ..call("list_aggregations", "List the readings of accounts, the latest first", READ)
};

pub(crate) const GET_AGGREGATION: Operation = Operation {
    response: json("Aggregation"),
    errors: ONE,
    ..call("get_aggregation", "Get how far a reading of accounts is", READ)
};

pub(crate) const LIST_SOURCE_SCHEMAS: Operation = Operation {
    parameters: &[
        query("include-types", "string", "user: the schema of accounts; group: all others"),
        query("include-names", "string", "Names, separated by commas"),
    ],
    response: json("SourceSchemaList"),
    errors: FAULTY,
    ..call("list_source_schemas", "List the schemas of a source", SCHEMA_READ)
};

pub(crate) const CREATE_SOURCE_SCHEMA: Operation = Operation {
    request: Some(json("SourceSchema")),
    success: 201,
    response: json("SourceSchema"),
    errors: CHANGE,
    ..call("create_source_schema", "Give a source a schema", SCHEMA_MANAGE)
};

pub(crate) const GET_SOURCE_SCHEMA: Operation = Operation {
    response: json("SourceSchema"),
    errors: ONE,
    ..call("get_source_schema", "Get a schema of a source", SCHEMA_READ)
};

pub(crate) const PUT_SOURCE_SCHEMA: Operation = Operation {
    request: Some(json("SourceSchema")),
    response: json("SourceSchema"),
    errors: CHANGE,
    ..call("put_source_schema", "Replace a schema of a source", SCHEMA_MANAGE)
};

pub(crate) const PATCH_SOURCE_SCHEMA: Operation = Operation {
    request: PATCH,
    response: json("SourceSchema"),
    errors: CHANGE,
    ..call("patch_source_schema", "Change fields of a schema of a source", SCHEMA_MANAGE)
};

pub(crate) const DELETE_SOURCE_SCHEMA: Operation = Operation {
    success: 204,
    response: NO_BODY,
    errors: ONE,
    ..call("delete_source_schema", "Delete a schema of a source", SCHEMA_MANAGE)
};
