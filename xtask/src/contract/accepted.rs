//! The differences that are accepted, as data: `accepted.toml` beside this file, one row with its reason each.

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use super::compare::{Difference, KINDS};

const ROWS: &str = include_str!("accepted.toml");

/// A row: which differences, and why they are accepted. Patterns know `*` for any characters.
#[derive(Debug)]
pub(super) struct Row {
    operations: Vec<String>,
    /// Empty: every family.
    families: Vec<String>,
    places: Vec<String>,
    what: Vec<String>,
    pub(super) reason: String,
}

impl Row {
    pub(super) fn accepts(&self, difference: &Difference) -> bool {
        let any = |patterns: &[String], text: &str| patterns.iter().any(|pattern| matches(pattern, text));
        (self.families.is_empty() || self.families.contains(&difference.family))
            && self.what.iter().any(|what| what == difference.what)
            && any(&self.operations, &difference.operation)
            && any(&self.places, &difference.place)
    }
}

/// # Errors
/// When a row lacks a key or names a difference that does not exist.
pub(super) fn rows() -> Result<Vec<Row>> {
    parse(ROWS).context("xtask/src/contract/accepted.toml")
}

fn parse(text: &str) -> Result<Vec<Row>> {
    let table: Table = text.parse()?;
    let rows = table.get("accepted").and_then(Value::as_array).context("there is no [[accepted]]")?;
    rows.iter().map(row).collect()
}

fn row(value: &Value) -> Result<Row> {
    let reason = value.get("reason").and_then(Value::as_str).context("a row has no reason")?.to_owned();
    let list = |key: &str| -> Vec<String> {
        match value.get(key) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    };
    let (operations, places, what) = (list("operation"), list("place"), list("what"));
    if reason.trim().is_empty() || operations.is_empty() || places.is_empty() || what.is_empty() {
        bail!("a row needs operation, place, what and reason: {value}");
    }
    if let Some(unknown) = what.iter().find(|what| !KINDS.contains(&what.as_str())) {
        bail!("there is no difference {unknown:?}; there are {}", KINDS.join(", "));
    }
    Ok(Row { operations, families: list("family"), places, what, reason })
}

fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => text.strip_prefix(head).is_some_and(|tail| {
            tail.char_indices().map(|(at, _)| at).chain([tail.len()]).any(|at| matches(rest, &tail[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("response *", "response 503", true),
            ("response * .created", "response 200 .created", true),
            ("response * .created", "response 200 .created.x", false),
            ("a*c", "abbc", true),
            ("a*c", "abb", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_table_reads_and_a_row_without_a_reason_does_not() {
        assert!(!rows().unwrap().is_empty());
        let row = |what: &str, reason: &str| {
            format!("[[accepted]]\noperation='*'\nplace='x'\nwhat='{what}'\nreason='{reason}'")
        };
        assert!(parse(&row("type", "because")).is_ok());
        assert!(parse(&row("type", " ")).is_err());
        assert!(parse(&row("colour", "because")).is_err());
    }
}
