//! The settings in force, as `check-config` prints them.

use std::fmt::Write as _;

use super::sections::{HandleScope, LogFormat, Sections};

pub(super) fn show(sections: &Sections, database_url: &str, migrates: bool) -> String {
    let Sections { server, database, keys, worker, tokens, limits, webhooks, mail, sessions, retention, log } =
        sections;
    let mut text = String::new();
    let mut section = |name: &str, keys: &[(&str, String)]| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "[{name}]");
        for (key, value) in keys {
            let _ = writeln!(text, "{key} = {value}");
        }
    };
    let quoted = |text: &str| format!("{text:?}");
    let file = |path: Option<&std::path::PathBuf>| quoted(&path.map(|p| p.to_string_lossy()).unwrap_or_default());
    section(
        "server",
        &[
            ("listen", quoted(&server.listen.to_string())),
            ("public_url", quoted(server.public_url.as_deref().unwrap_or_default())),
            ("certificate_file", file(server.certificate_file.as_ref())),
            ("certificate_key_file", file(server.certificate_key_file.as_ref())),
            ("trusted_proxies", format!("{:?}", server.trusted_proxies)),
        ],
    );
    section(
        "database",
        &[
            ("url", quoted(&masked(database_url))),
            ("connections", database.connections.to_string()),
            ("migrate_on_start", migrates.to_string()),
        ],
    );
    let handle_scope = match keys.handle_scope {
        HandleScope::Identity => "identity",
        HandleScope::Tenant => "tenant",
    };
    section(
        "keys",
        &[
            ("root_key_file", quoted(&keys.root_key_file.to_string_lossy())),
            ("epoch_key_file", quoted(&keys.epoch_key_file.to_string_lossy())),
            ("rsa_bits", keys.rsa_bits.to_string()),
            ("handle_scope", quoted(handle_scope)),
        ],
    );
    section(
        "worker",
        &[
            ("enabled", worker.enabled.to_string()),
            ("lanes", worker.lanes.to_string()),
            ("lanes_per_source", worker.lanes_per_source.to_string()),
            ("late_write_seconds", worker.late_write_seconds.to_string()),
            ("faults_before_pause", worker.faults_before_pause.to_string()),
            ("longest_pause_seconds", worker.longest_pause_seconds.to_string()),
            ("credential_pause_minutes", worker.credential_pause_minutes.to_string()),
        ],
    );
    section("tokens", &[("org", quoted(&tokens.org)), ("pod", quoted(&tokens.pod))]);
    section(
        "limits",
        &[
            ("digit_token_attempts", limits.digit_token_attempts.to_string()),
            ("digit_token_failed_guesses_per_day", limits.digit_token_failed_guesses_per_day.to_string()),
            ("digit_tokens_per_day", limits.digit_tokens_per_day.to_string()),
            ("digit_tokens_per_issuer_hour", limits.digit_tokens_per_issuer_hour.to_string()),
            ("digit_token_spray_guesses", limits.digit_token_spray_guesses.to_string()),
            ("payload_failures_per_hour", limits.payload_failures_per_hour.to_string()),
            ("payload_failures_per_day", limits.payload_failures_per_day.to_string()),
            ("rsa_key_alarm_failures", limits.rsa_key_alarm_failures.to_string()),
            ("rsa_key_failures", limits.rsa_key_failures.to_string()),
        ],
    );
    let text_of = |text: Option<&str>| quoted(text.unwrap_or_default());
    section(
        "webhooks",
        &[
            ("allowed_networks", format!("{:?}", webhooks.allowed_networks)),
            ("ca_file", file(webhooks.ca_file.as_ref())),
        ],
    );
    section(
        "mail",
        &[
            ("host", text_of(mail.host.as_deref())),
            ("port", mail.port.to_string()),
            ("tls", quoted(mail.tls.as_str())),
            ("ca_file", file(mail.ca_file.as_ref())),
            ("from", text_of(mail.from.as_deref())),
            ("user", text_of(mail.user.as_deref())),
            ("password_file", file(mail.password_file.as_ref())),
            ("language", quoted(&mail.language)),
        ],
    );
    section(
        "sessions",
        &[
            ("idle_minutes", sessions.idle_minutes.to_string()),
            ("longest_minutes", sessions.longest_minutes.to_string()),
            ("longest_minutes_with_level", sessions.longest_minutes_with_level.to_string()),
            ("confirm_current_password", sessions.confirm_current_password.to_string()),
        ],
    );
    section(
        "retention",
        &[
            ("changes_days", retention.changes_days.to_string()),
            ("audit_days", retention.audit_days.to_string()),
            ("digit_tokens_days", retention.digit_tokens_days.to_string()),
            ("deliveries_days", retention.deliveries_days.to_string()),
        ],
    );
    let format = match log.format {
        LogFormat::Text => "text",
        LogFormat::Json => "json",
    };
    section("log", &[("format", quoted(format)), ("level", quoted(&log.level))]);
    text
}

/// The URL with its password struck out, in the user part and among the options.
pub(super) fn masked(url: &str) -> String {
    let (address, options) = url.split_once('?').map_or((url, None), |(address, options)| (address, Some(options)));
    let mut shown = match address.split_once("://") {
        // The last @: a password may hold one.
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((user, place)) => match user.split_once(':') {
                Some((user, _)) => format!("{scheme}://{user}:***@{place}"),
                None => address.to_owned(),
            },
            None => address.to_owned(),
        },
        None => address.to_owned(),
    };
    for (n, option) in options.into_iter().flat_map(|options| options.split('&')).enumerate() {
        shown.push(if n == 0 { '?' } else { '&' });
        match option.split_once('=') {
            Some((key, _)) if key.contains("password") => shown.push_str(&format!("{key}=***")),
            _ => shown.push_str(option),
        }
    }
    shown
}
