//! The server commands' settings: one TOML file, environment variables over it, read once and passed down.
//!
//! Unknown keys are refused in both. The only secrets are the database URL's password, which is masked wherever settings
//! are shown, and the mail password, which lies in a file of its own.

mod environment;
mod fault;
mod outbound;
mod sections;
mod show;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use passwright_app::jobs::Retention;
use passwright_app::worker::BreakerLimits;
use passwright_app::{Networks, OutboundSettings, Settings, SourceLimits};
use passwright_http::Certificate;
use passwright_storage::Options;

pub(crate) use fault::ConfigFault;
use sections::Sections;
pub(crate) use sections::{Limits, Log, LogFormat};

/// `--config FILE` of the server commands.
#[derive(clap::Args)]
pub(crate) struct ConfigOption {
    /// The settings file; see `crates/cli/config.default.toml` for every key
    #[arg(long = "config", value_name = "FILE", env = "PASSWRIGHT_CONFIG")]
    file: PathBuf,
}

impl ConfigOption {
    pub(crate) fn load(&self) -> Result<Config, ConfigFault> {
        let mut names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        Config::load(&self.file, &|name| std::env::var(name).ok(), &mut names)
    }
}

/// The `[limits]` of a command without a settings file: these, and what the environment says over them.
pub(crate) fn limits_over(defaults: &[(&str, u32)]) -> Result<Limits, ConfigFault> {
    let of_limits = |name: &str| name.starts_with(&environment::variable_name("limits", ""));
    let mut names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).filter(|name| of_limits(name));
    let variable = |name: &str| of_limits(name).then(|| std::env::var(name).ok()).flatten();
    let limits = defaults.iter().map(|(key, value)| ((*key).to_owned(), i64::from(*value).into()));
    let mut table = toml::Table::from_iter([("limits".to_owned(), toml::Value::Table(limits.collect()))]);
    environment::overlay(&mut table, &variable, &mut names)?;
    let sections: Sections =
        table.try_into().map_err(|e: toml::de::Error| ConfigFault::Environment(e.message().replace('\n', " ")))?;
    sections.limits.check()?;
    Ok(sections.limits)
}

/// Settings that were checked.
pub(crate) struct Config {
    sections: Sections,
    /// With its password.
    database_url: String,
    /// With the mail password.
    outbound: OutboundSettings,
}

impl Config {
    /// Reads the file, lays the environment over it and checks the result.
    fn load(
        file: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
        names: &mut dyn Iterator<Item = String>,
    ) -> Result<Self, ConfigFault> {
        let text =
            std::fs::read_to_string(file).map_err(|source| ConfigFault::Read { path: file.to_owned(), source })?;
        let in_file = |error: toml::de::Error| ConfigFault::Form {
            path: file.to_owned(),
            line: error.span().map(|span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1),
            message: error.message().trim_end().replace('\n', " "),
        };
        // By itself first, so that its faults have their line.
        toml::from_str::<Sections>(&text).map_err(in_file)?;
        let mut table: toml::Table = toml::from_str(&text).map_err(in_file)?;
        environment::overlay(&mut table, variable, names)?;
        let sections: Sections =
            table.try_into().map_err(|e: toml::de::Error| ConfigFault::Environment(e.message().replace('\n', " ")))?;
        Self::checked(sections)
    }

    fn checked(mut sections: Sections) -> Result<Self, ConfigFault> {
        sections.check()?;
        let database_url = sections.database_url()?;
        sections.check_engine(is_sqlite(&database_url))?;
        let public_url = sections.server.public_url.as_deref().unwrap_or_default();
        let outbound = outbound::settings(&sections.webhooks, &sections.mail, public_url)?;
        Ok(Self { sections, database_url, outbound })
    }

    pub(crate) fn listen(&self) -> std::net::SocketAddr {
        self.sections.server.listen
    }

    /// The certificate that `serve` shows, read and checked; none for plain http.
    pub(crate) fn certificate(&self) -> Result<Option<Certificate>, ConfigFault> {
        let server = &self.sections.server;
        let (Some(certificate), Some(key)) = (&server.certificate_file, &server.certificate_key_file) else {
            return Ok(None);
        };
        let loaded = Certificate::load(certificate, key);
        loaded.map(Some).map_err(|fault| ConfigFault::value("server.certificate_file", fault.to_string()))
    }

    pub(crate) fn proxies(&self) -> Networks {
        // Checked to be networks.
        self.sections.server.proxies().unwrap_or_default()
    }

    /// The host of the public URL.
    pub(crate) fn public_host(&self) -> &str {
        let url = self.sections.server.public_url.as_deref().unwrap_or_default();
        let host = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default();
        match host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        }
    }

    pub(crate) fn retention(&self) -> Retention {
        let days = |days: u32| Duration::from_secs(u64::from(days) * 86_400);
        let kept = &self.sections.retention;
        Retention {
            changes: days(kept.changes_days),
            audit_records: days(kept.audit_days),
            digit_tokens: days(kept.digit_tokens_days),
            deliveries: days(kept.deliveries_days),
        }
    }

    pub(crate) fn log(&self) -> &Log {
        &self.sections.log
    }

    /// Whether one process alone may use the database.
    pub(crate) fn is_single_process(&self) -> bool {
        is_sqlite(&self.database_url)
    }

    pub(crate) fn migrates_on_start(&self) -> bool {
        self.sections.database.migrate_on_start.unwrap_or_else(|| self.is_single_process())
    }

    pub(crate) fn works(&self) -> bool {
        self.sections.worker.enabled
    }

    pub(crate) fn database(&self) -> Options {
        Options { url: self.database_url.clone(), connections: self.sections.database.connections }
    }

    /// The key files that commands which set nothing up expect to find.
    pub(crate) fn key_files(&self) -> [&Path; 2] {
        [&self.sections.keys.root_key_file, &self.sections.keys.epoch_key_file]
    }

    pub(crate) fn settings(&self) -> Settings {
        let (keys, limits) = (&self.sections.keys, &self.sections.limits);
        Settings {
            database: self.database(),
            root_key_file: keys.root_key_file.clone(),
            epoch_key_file: keys.epoch_key_file.clone(),
            // Checked to be there.
            public_url: self.sections.server.public_url.clone().unwrap_or_default(),
            org: self.sections.tokens.org.clone(),
            pod: self.sections.tokens.pod.clone(),
            rsa_bits: keys.rsa_bits,
            shared_key_handle: keys.handle_scope == sections::HandleScope::Tenant,
            digit_token_limits: limits.digit_tokens(),
            payload_budget: limits.payloads(),
            worker_lanes: self.sections.worker.lanes,
            source_limits: SourceLimits {
                lanes: self.sections.worker.lanes_per_source,
                breaker: BreakerLimits {
                    faults: self.sections.worker.faults_before_pause,
                    longest_pause: Duration::from_secs(self.sections.worker.longest_pause_seconds),
                    ..BreakerLimits::default()
                },
                credential_pause: Duration::from_secs(60 * self.sections.worker.credential_pause_minutes),
            },
            late_writes: Duration::from_secs(self.sections.worker.late_write_seconds),
            outbound: self.outbound.clone(),
            sessions: self.sections.sessions.settings(),
        }
    }

    /// Every setting in force, secrets masked.
    pub(crate) fn show(&self) -> String {
        show::show(&self.sections, &self.database_url, self.migrates_on_start())
    }
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}
