//! People, their accounts, their applications, and what was done to them.

mod account_activities;
mod account_states;
mod accounts;
mod applications;
mod identities;

use serde_json::Value;

use crate::support::Answer;

/// One field of each item of a list.
#[track_caller]
fn each(answer: &Answer, field: &str) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let list = answer.json();
    let text = |item: &Value| item[field].as_str().unwrap_or_else(|| panic!("{field} of {item}")).to_owned();
    list.as_array().unwrap().iter().map(text).collect()
}

/// A query string of one filter.
fn filtered(path: &str, filters: &str) -> String {
    let byte = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    let query: String = filters.bytes().map(byte).collect();
    format!("{path}?count=true&filters={query}")
}
