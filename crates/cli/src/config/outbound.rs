//! `[webhooks]` and `[mail]`: what leaves the service by itself.

use std::path::PathBuf;

use passwright_app::{MailSettings, OutboundSettings, languages};
use passwright_connectors::Credential;
use passwright_connectors::notify::mail::{MailConfig, MailTls, Mailer};
use passwright_connectors::notify::{Network, Networks};
use serde::Deserialize;

use super::ConfigFault;

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Webhooks {
    pub(super) allowed_networks: Vec<String>,
    pub(super) ca_file: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Mail {
    pub(super) host: Option<String>,
    pub(super) port: u16,
    pub(super) tls: Encryption,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) from: Option<String>,
    pub(super) user: Option<String>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) language: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Encryption {
    StartTls,
    Implicit,
    None,
}

impl Encryption {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Implicit => "implicit",
            Self::None => "none",
        }
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            host: None,
            port: 587,
            tls: Encryption::StartTls,
            ca_file: None,
            from: None,
            user: None,
            password_file: None,
            language: "en".to_owned(),
        }
    }
}

/// Checks both sections and reads the mail password.
pub(super) fn settings(webhooks: &Webhooks, mail: &Mail, public_url: &str) -> Result<OutboundSettings, ConfigFault> {
    let networks: Result<Vec<Network>, _> = webhooks.allowed_networks.iter().map(|text| text.parse()).collect();
    let networks = networks.map_err(|e| ConfigFault::value("webhooks.allowed_networks", e.to_string()))?;
    if let Some(file) = &webhooks.ca_file {
        readable("webhooks.ca_file", file)?;
    }
    Ok(OutboundSettings {
        allowed_networks: Networks::new(networks),
        webhook_ca_file: webhooks.ca_file.clone(),
        mail: mail_settings(mail, public_url)?,
        third_party_pace: None,
    })
}

fn mail_settings(mail: &Mail, public_url: &str) -> Result<Option<MailSettings>, ConfigFault> {
    let fault = ConfigFault::value;
    let Some(host) = mail.host.clone().filter(|host| !host.is_empty()) else {
        if mail.from.is_some() || mail.user.is_some() || mail.password_file.is_some() {
            return Err(fault("mail.host", "is needed beside the other keys of [mail]"));
        }
        return Ok(None);
    };
    if host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/') {
        return Err(fault("mail.host", "is not a host name"));
    }
    if mail.port == 0 {
        return Err(fault("mail.port", "is not between 1 and 65535"));
    }
    let from = mail.from.clone().ok_or_else(|| fault("mail.from", "is needed: the sender of the mails"))?;
    let tls = match mail.tls {
        Encryption::StartTls => MailTls::StartTls,
        Encryption::Implicit => MailTls::Implicit,
        Encryption::None => MailTls::Plain,
    };
    if mail.tls == Encryption::None && mail.user.is_some() {
        return Err(fault("mail.user", "would sign in without encryption; set mail.tls"));
    }
    if let Some(file) = &mail.ca_file {
        readable("mail.ca_file", file)?;
    }
    let password = match (&mail.user, &mail.password_file) {
        (None, None) => None,
        (Some(_), None) => return Err(fault("mail.password_file", "is needed beside mail.user")),
        (None, Some(_)) => return Err(fault("mail.user", "is needed beside mail.password_file")),
        (Some(_), Some(path)) => {
            let text = std::fs::read_to_string(path);
            let text = text.map_err(|e| {
                ConfigFault::value("mail.password_file", format!("cannot read {}: {e}", path.display()))
            })?;
            let password = text.trim_end_matches(['\n', '\r']);
            if password.is_empty() {
                return Err(ConfigFault::value("mail.password_file", format!("{} is empty", path.display())));
            }
            Some(Credential::new(password.to_owned()))
        }
    };
    let language = languages::by_code(languages::all(), &mail.language).ok_or_else(|| {
        let known = languages::all().each_ref().map(|language| language.code).join(", ");
        ConfigFault::value("mail.language", format!("is not one of {known}"))
    })?;
    let config = MailConfig {
        host,
        port: mail.port,
        tls,
        ca_file: mail.ca_file.clone(),
        from,
        user: mail.user.clone(),
        hello: host_of(public_url),
    };
    Mailer::new(&config, password.clone())
        .map_err(|fault| ConfigFault::value("mail", format!("{} ({})", fault.reason, fault.detail)))?;
    Ok(Some(MailSettings { config, password, language }))
}

fn readable(key: &'static str, file: &std::path::Path) -> Result<(), ConfigFault> {
    match std::fs::File::open(file) {
        Ok(_) => Ok(()),
        Err(error) => Err(ConfigFault::value(key, format!("cannot read {}: {error}", file.display()))),
    }
}

/// What this machine greets a mail server with.
fn host_of(public_url: &str) -> String {
    let rest = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or_default();
    if host.starts_with('[') {
        return "localhost".to_owned();
    }
    host.split(':').next().unwrap_or_default().to_owned()
}
