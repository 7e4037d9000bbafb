//! The allow-lists of `deny.toml`, which cargo-deny reads too: one list for both.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

#[derive(Default)]
pub(super) struct Policy {
    /// SPDX ids allowed everywhere.
    pub(super) licences: Vec<String>,
    /// (crate, SPDX id) allowed for that crate only.
    pub(super) exceptions: Vec<(String, String)>,
    /// (crate, why it is banned).
    pub(super) banned: Vec<(String, String)>,
    /// Indexes that packages may come from.
    pub(super) registries: Vec<String>,
}

impl Policy {
    /// # Errors
    /// When `deny.toml` is missing, not TOML, or lacks one of the lists: an empty list must be written out.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join("deny.toml")).context("cannot read deny.toml")?;
        Self::parse(&text)
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let file: Table = text.parse().context("deny.toml is not TOML")?;
        let mut policy = Self {
            licences: strings(list(&file, "licenses", "allow")?),
            registries: strings(list(&file, "sources", "allow-registry")?),
            ..Self::default()
        };
        for exception in list(&file, "licenses", "exceptions")? {
            let name = string(exception, "crate");
            for id in exception.get("allow").and_then(Value::as_array).into_iter().flatten() {
                policy.exceptions.push((name.clone(), id.as_str().unwrap_or_default().to_owned()));
            }
        }
        for ban in list(&file, "bans", "deny")? {
            policy.banned.push((string(ban, "crate"), string(ban, "reason")));
        }
        Ok(policy)
    }
}

fn list<'a>(file: &'a Table, section: &str, key: &str) -> Result<&'a [Value]> {
    let value = file.get(section).and_then(|section| section.get(key)).and_then(Value::as_array);
    value.map(Vec::as_slice).with_context(|| format!("deny.toml has no list {key:?} in [{section}]"))
}

fn strings(values: &[Value]) -> Vec<String> {
    values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn string(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projects_own_file_is_complete() {
        let policy = Policy::read(&crate::workspace::root().unwrap()).unwrap();
        for name in ["openssl", "openssl-sys", "native-tls", "ring", "rsa"] {
            assert!(policy.banned.iter().any(|(banned, why)| banned == name && !why.is_empty()), "{name}");
        }
        assert!(policy.licences.iter().any(|id| id == "Apache-2.0"));
        assert_eq!(policy.exceptions, [("ldap3_proto".to_owned(), "MPL-2.0".to_owned())]);
        assert_eq!(policy.registries.len(), 1);
    }

    #[test]
    fn a_list_left_out_is_an_error() {
        let error = Policy::parse("[licenses]\nallow = []").map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("allow-registry"), "{error}");
    }
}
