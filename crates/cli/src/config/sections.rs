//! The sections of the file, their defaults and their bounds.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use passwright_app::sessions::SessionSettings;
use passwright_connectors::notify::{Network, Networks};
use passwright_domain::budget::PayloadBudget;
use passwright_domain::digit_token::AttemptLimits;
use serde::Deserialize;

use super::ConfigFault;
use super::outbound::{Mail, Webhooks};

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Sections {
    pub(super) server: Server,
    pub(super) database: Database,
    pub(super) keys: Keys,
    pub(super) worker: Worker,
    pub(super) tokens: Tokens,
    pub(super) limits: Limits,
    pub(super) webhooks: Webhooks,
    pub(super) mail: Mail,
    pub(super) sessions: Sessions,
    pub(super) retention: Retention,
    pub(super) log: Log,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Server {
    pub(super) listen: SocketAddr,
    pub(super) public_url: Option<String>,
    pub(super) certificate_file: Option<PathBuf>,
    pub(super) certificate_key_file: Option<PathBuf>,
    pub(super) trusted_proxies: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Database {
    pub(super) url: Option<String>,
    pub(super) url_file: Option<PathBuf>,
    pub(super) connections: u32,
    pub(super) migrate_on_start: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Keys {
    pub(super) root_key_file: PathBuf,
    pub(super) epoch_key_file: PathBuf,
    pub(super) rsa_bits: usize,
    pub(super) handle_scope: HandleScope,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum HandleScope {
    Identity,
    Tenant,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Worker {
    pub(super) enabled: bool,
    pub(super) lanes: usize,
    pub(super) lanes_per_source: usize,
    pub(super) late_write_seconds: u64,
    pub(super) faults_before_pause: u32,
    pub(super) longest_pause_seconds: u64,
    pub(super) credential_pause_minutes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Tokens {
    pub(super) org: String,
    pub(super) pod: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    pub(super) digit_token_attempts: u32,
    pub(super) digit_token_failed_guesses_per_day: u32,
    pub(super) digit_tokens_per_day: u32,
    pub(super) digit_tokens_per_issuer_hour: u32,
    pub(super) digit_token_spray_guesses: u32,
    pub(super) payload_failures_per_hour: u32,
    pub(super) payload_failures_per_day: u32,
    pub(super) rsa_key_alarm_failures: u32,
    pub(super) rsa_key_failures: u32,
}

/// People who are signed in with a browser.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Sessions {
    pub(super) idle_minutes: u32,
    pub(super) longest_minutes: u32,
    pub(super) longest_minutes_with_level: u32,
    pub(super) confirm_current_password: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Retention {
    pub(super) changes_days: u32,
    pub(super) audit_days: u32,
    pub(super) digit_tokens_days: u32,
    pub(super) deliveries_days: u32,
}

/// Where log lines go and how many.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    pub(crate) level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

const DEFAULT_URL: &str = "sqlite:///var/lib/passwright/passwright.sqlite3";

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            certificate_file: None,
            certificate_key_file: None,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, url_file: None, connections: 8, migrate_on_start: None }
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            root_key_file: "/var/lib/passwright/root.key".into(),
            epoch_key_file: "/var/lib/passwright/epoch.key".into(),
            rsa_bits: 2048,
            handle_scope: HandleScope::Identity,
        }
    }
}

impl Default for Worker {
    fn default() -> Self {
        Self {
            enabled: true,
            lanes: 64,
            lanes_per_source: 32,
            late_write_seconds: 60,
            faults_before_pause: 5,
            longest_pause_seconds: 300,
            credential_pause_minutes: 30,
        }
    }
}

impl Default for Tokens {
    fn default() -> Self {
        Self { org: "passwright".to_owned(), pod: "local".to_owned() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let (limits, payload) = (AttemptLimits::default(), PayloadBudget::default());
        Self {
            digit_token_attempts: limits.attempts_per_token,
            digit_token_failed_guesses_per_day: limits.failed_guesses_per_day,
            digit_tokens_per_day: limits.tokens_per_day,
            digit_tokens_per_issuer_hour: limits.tokens_per_issuer_hour,
            digit_token_spray_guesses: limits.spray_guesses,
            payload_failures_per_hour: payload.per_hour,
            payload_failures_per_day: payload.per_day,
            rsa_key_alarm_failures: payload.key_alarm,
            rsa_key_failures: payload.key_most,
        }
    }
}

impl Limits {
    pub(crate) fn digit_tokens(&self) -> AttemptLimits {
        AttemptLimits {
            attempts_per_token: self.digit_token_attempts,
            failed_guesses_per_day: self.digit_token_failed_guesses_per_day,
            tokens_per_day: self.digit_tokens_per_day,
            tokens_per_issuer_hour: self.digit_tokens_per_issuer_hour,
            spray_guesses: self.digit_token_spray_guesses,
        }
    }

    pub(crate) fn payloads(&self) -> PayloadBudget {
        PayloadBudget {
            per_hour: self.payload_failures_per_hour,
            per_day: self.payload_failures_per_day,
            key_alarm: self.rsa_key_alarm_failures,
            key_most: self.rsa_key_failures,
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigFault> {
        let fault = ConfigFault::value;
        if self.digit_tokens_per_issuer_hour == 0 {
            return Err(fault(
                "limits.digit_tokens_per_issuer_hour",
                "is 0; switch digit tokens off in the org config",
            ));
        }
        if self.payload_failures_per_day < self.payload_failures_per_hour {
            return Err(fault("limits.payload_failures_per_day", "is less than payload_failures_per_hour"));
        }
        if self.rsa_key_failures == 0 {
            return Err(fault("limits.rsa_key_failures", "is 0, at which no key could be used"));
        }
        if self.rsa_key_alarm_failures > self.rsa_key_failures {
            return Err(fault("limits.rsa_key_alarm_failures", "is more than rsa_key_failures"));
        }
        Ok(())
    }
}

impl Server {
    /// The proxies whose forwarded headers count.
    pub(super) fn proxies(&self) -> Result<Networks, ConfigFault> {
        let networks: Result<Vec<Network>, _> = self.trusted_proxies.iter().map(|text| text.parse()).collect();
        networks.map(Networks::new).map_err(|e| ConfigFault::value("server.trusted_proxies", e.to_string()))
    }

    fn check(&self) -> Result<(), ConfigFault> {
        let fault = ConfigFault::value;
        let proxies = self.proxies()?;
        match (&self.certificate_file, &self.certificate_key_file) {
            (Some(_), None) => Err(fault("server.certificate_key_file", "is needed beside server.certificate_file")),
            (None, Some(_)) => Err(fault("server.certificate_file", "is needed beside server.certificate_key_file")),
            (None, None) if proxies.is_empty() && !self.listen.ip().to_canonical().is_loopback() => Err(fault(
                "server.listen",
                "is reached from other machines, where plain http would show every password; \
                 set server.certificate_file, or server.trusted_proxies when proxies there end TLS",
            )),
            _ => Ok(()),
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle_minutes: 10, longest_minutes: 480, longest_minutes_with_level: 60, confirm_current_password: true }
    }
}

impl Sessions {
    pub(super) fn settings(&self) -> SessionSettings {
        let minutes = |minutes: u32| Duration::from_secs(60 * u64::from(minutes));
        SessionSettings {
            idle: minutes(self.idle_minutes),
            longest: minutes(self.longest_minutes),
            longest_with_level: minutes(self.longest_minutes_with_level),
            confirm: self.confirm_current_password,
        }
    }

    fn check(&self) -> Result<(), ConfigFault> {
        for (key, minutes, most) in [
            ("sessions.idle_minutes", self.idle_minutes, 120),
            ("sessions.longest_minutes", self.longest_minutes, 1440),
            ("sessions.longest_minutes_with_level", self.longest_minutes_with_level, 1440),
        ] {
            if !(1..=most).contains(&minutes) {
                return Err(ConfigFault::value(key, format!("is not between 1 and {most}")));
            }
        }
        Ok(())
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self { changes_days: 90, audit_days: 365, digit_tokens_days: 30, deliveries_days: 30 }
    }
}

impl Retention {
    fn check(&self) -> Result<(), ConfigFault> {
        let bounds = [
            ("retention.changes_days", self.changes_days, 7..=3650),
            ("retention.audit_days", self.audit_days, 30..=3650),
            ("retention.digit_tokens_days", self.digit_tokens_days, 2..=365),
            ("retention.deliveries_days", self.deliveries_days, 1..=365),
        ];
        for (key, days, allowed) in bounds {
            if !allowed.contains(&days) {
                let bounds = format!("is not between {} and {}", allowed.start(), allowed.end());
                return Err(ConfigFault::value(key, bounds));
            }
        }
        Ok(())
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

impl Sections {
    /// Bounds; the public URL loses its trailing slashes.
    pub(super) fn check(&mut self) -> Result<(), ConfigFault> {
        let fault = ConfigFault::value;
        let url = self.server.public_url.take().filter(|url| !url.is_empty());
        let url =
            url.ok_or_else(|| fault("server.public_url", "is needed: the URL that clients reach the service at"))?;
        self.server.public_url = Some(public_url(&url).map_err(|why| fault("server.public_url", why))?);
        self.server.check()?;
        if !(1..=200).contains(&self.database.connections) {
            return Err(fault("database.connections", "is not between 1 and 200"));
        }
        if ![2048, 3072].contains(&self.keys.rsa_bits) {
            return Err(fault("keys.rsa_bits", "is neither 2048 nor 3072"));
        }
        if self.keys.root_key_file == self.keys.epoch_key_file {
            return Err(fault("keys.epoch_key_file", "is the root key's file"));
        }
        if !(1..=1024).contains(&self.worker.lanes) {
            return Err(fault("worker.lanes", "is not between 1 and 1024"));
        }
        if !(1..=1024).contains(&self.worker.lanes_per_source) {
            return Err(fault("worker.lanes_per_source", "is not between 1 and 1024"));
        }
        if !(1..=1000).contains(&self.worker.faults_before_pause) {
            return Err(fault("worker.faults_before_pause", "is not between 1 and 1000"));
        }
        if !(10..=3600).contains(&self.worker.longest_pause_seconds) {
            return Err(fault("worker.longest_pause_seconds", "is not between 10 and 3600"));
        }
        if !(5..=10_080).contains(&self.worker.credential_pause_minutes) {
            return Err(fault("worker.credential_pause_minutes", "is not between 5 and 10080"));
        }
        if self.worker.late_write_seconds > 3600 {
            return Err(fault("worker.late_write_seconds", "is more than 3600"));
        }
        self.limits.check()?;
        self.sessions.check()?;
        self.retention.check()?;
        if tracing_subscriber::EnvFilter::try_new(&self.log.level).is_err() {
            return Err(fault("log.level", "is not a level, nor a list of module=level"));
        }
        Ok(())
    }

    /// The URL from wherever it is.
    pub(super) fn database_url(&self) -> Result<String, ConfigFault> {
        let url = match (&self.database.url, &self.database.url_file) {
            (Some(_), Some(_)) => {
                return Err(ConfigFault::value(
                    "database.url_file",
                    "stands beside database.url; one of them is enough",
                ));
            }
            (Some(url), None) => url.clone(),
            (None, None) => DEFAULT_URL.to_owned(),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path);
                let text = text.map_err(|source| ConfigFault::Read { path: path.clone(), source })?;
                text.trim_end_matches(['\n', '\r']).to_owned()
            }
        };
        let known = ["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !known || url.chars().any(char::is_control) {
            return Err(ConfigFault::value("database.url", "begins with neither sqlite:// nor postgres://"));
        }
        Ok(url)
    }

    pub(super) fn check_engine(&self, is_sqlite: bool) -> Result<(), ConfigFault> {
        if is_sqlite && !self.worker.enabled {
            let message = "is false, and with SQLite no other process can carry out the password changes";
            return Err(ConfigFault::value("worker.enabled", message));
        }
        Ok(())
    }
}

fn public_url(text: &str) -> Result<String, &'static str> {
    let url = text.trim_end_matches('/');
    let (scheme, rest) = url.split_once("://").ok_or("is not a URL, such as https://passwords.example.com")?;
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() || rest.contains(['?', '#', '@']) || rest.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return Err("is not scheme, host and path alone");
    }
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    match scheme {
        "https" => Ok(url.to_owned()),
        "http" if matches!(name, "localhost" | "[::1]") || name.starts_with("127.") => Ok(url.to_owned()),
        "http" => Err("is plain http, which is allowed on this machine alone; use https"),
        _ => Err("does not begin with https://"),
    }
}
