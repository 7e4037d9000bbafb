//! Environment variables over the file: `PASSWRIGHT_<SECTION>_<KEY>`.

use toml::{Table, Value};

use super::ConfigFault;

const PREFIX: &str = "PASSWRIGHT_";

enum Kind {
    Text,
    Number,
    Truth,
    /// Values between commas.
    List,
}

use Kind::{List, Number, Text, Truth};

/// Every key. The test of the default file fails when one is missing here.
const KEYS: &[(&str, &str, Kind)] = &[
    ("server", "listen", Text),
    ("server", "public_url", Text),
    ("server", "certificate_file", Text),
    ("server", "certificate_key_file", Text),
    ("server", "trusted_proxies", List),
    ("database", "url", Text),
    ("database", "url_file", Text),
    ("database", "connections", Number),
    ("database", "migrate_on_start", Truth),
    ("keys", "root_key_file", Text),
    ("keys", "epoch_key_file", Text),
    ("keys", "rsa_bits", Number),
    ("keys", "handle_scope", Text),
    ("worker", "enabled", Truth),
    ("worker", "lanes", Number),
    ("worker", "lanes_per_source", Number),
    ("worker", "late_write_seconds", Number),
    ("worker", "faults_before_pause", Number),
    ("worker", "longest_pause_seconds", Number),
    ("worker", "credential_pause_minutes", Number),
    ("tokens", "org", Text),
    ("tokens", "pod", Text),
    ("limits", "digit_token_attempts", Number),
    ("limits", "digit_token_failed_guesses_per_day", Number),
    ("limits", "digit_tokens_per_day", Number),
    ("limits", "digit_tokens_per_issuer_hour", Number),
    ("limits", "digit_token_spray_guesses", Number),
    ("limits", "payload_failures_per_hour", Number),
    ("limits", "payload_failures_per_day", Number),
    ("limits", "rsa_key_alarm_failures", Number),
    ("limits", "rsa_key_failures", Number),
    ("webhooks", "allowed_networks", List),
    ("webhooks", "ca_file", Text),
    ("mail", "host", Text),
    ("mail", "port", Number),
    ("mail", "tls", Text),
    ("mail", "ca_file", Text),
    ("mail", "from", Text),
    ("mail", "user", Text),
    ("mail", "password_file", Text),
    ("sessions", "idle_minutes", Number),
    ("sessions", "longest_minutes", Number),
    ("sessions", "longest_minutes_with_level", Number),
    ("sessions", "confirm_current_password", Truth),
    ("retention", "changes_days", Number),
    ("retention", "audit_days", Number),
    ("retention", "digit_tokens_days", Number),
    ("retention", "deliveries_days", Number),
    ("log", "format", Text),
    ("log", "level", Text),
];

pub(super) fn variable_name(section: &str, key: &str) -> String {
    format!("{PREFIX}{section}_{key}").to_uppercase()
}

/// Whether a key can come from the environment.
#[cfg(test)]
pub(super) fn knows(section: &str, key: &str) -> bool {
    KEYS.iter().any(|(s, k, _)| *s == section && *k == key)
}

/// Lays the variables over the table. A name with a section's prefix and an unknown key is a fault, as in the file;
/// other names that begin with `PASSWRIGHT_` are not ours to judge.
pub(super) fn overlay(
    table: &mut Table,
    variable: &dyn Fn(&str) -> Option<String>,
    names: &mut dyn Iterator<Item = String>,
) -> Result<(), ConfigFault> {
    for name in names {
        let of_section = KEYS.iter().any(|(section, ..)| name.starts_with(&variable_name(section, "")));
        if of_section && !KEYS.iter().any(|(section, key, _)| name == variable_name(section, key)) {
            return Err(ConfigFault::Environment(format!("unknown variable {name}")));
        }
    }
    if let (Some(_), Some(_)) = (variable("PASSWRIGHT_DATABASE_URL"), variable("PASSWRIGHT_DATABASE_URL_FILE")) {
        let both = "PASSWRIGHT_DATABASE_URL_FILE stands beside PASSWRIGHT_DATABASE_URL; one of them is enough";
        return Err(ConfigFault::Environment(both.to_owned()));
    }
    for (section, key, kind) in KEYS {
        let name = variable_name(section, key);
        let Some(text) = variable(&name) else { continue };
        let value = match kind {
            Text => Some(Value::String(text)),
            Number => text.parse().ok().map(Value::Integer),
            Truth => text.parse().ok().map(Value::Boolean),
            List => {
                let values = text.split(',').map(str::trim).filter(|value| !value.is_empty());
                Some(Value::Array(values.map(|value| Value::String(value.to_owned())).collect()))
            }
        };
        let what = if matches!(kind, Number) { "a number" } else { "true or false" };
        let value = value.ok_or_else(|| ConfigFault::Environment(format!("{name} is not {what}")))?;
        let entry = table.entry(*section).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(entry) = entry {
            // One takes the place of the other.
            match *key {
                "url" => entry.remove("url_file"),
                "url_file" => entry.remove("url"),
                _ => None,
            };
            entry.insert((*key).to_owned(), value);
        }
    }
    Ok(())
}
