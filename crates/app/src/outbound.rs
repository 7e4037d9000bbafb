//! What leaves the service by itself: messages to webhooks and mail. Read once at the start.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use passwright_connectors::Credential;
use passwright_connectors::notify::Networks;
use passwright_connectors::notify::mail::{MailConfig, Mailer};
use passwright_connectors::notify::webhook::WebhookSender;
use passwright_vault::Key;
use passwright_vault::key_source::{Purpose, RootKey};

use crate::languages::{self, Language};

/// Where messages may go and through whom.
#[derive(Debug, Clone, Default)]
pub struct OutboundSettings {
    /// Networks that webhooks may lead to although they are not public.
    pub allowed_networks: Networks,
    /// The authorities of webhooks' certificates; absent: those of the operating system.
    pub webhook_ca_file: Option<PathBuf>,
    /// Absent: no mail is sent and none is kept.
    pub mail: Option<MailSettings>,
    /// After how long an answer is given that depends on whether a third party was asked; absent: 4.2 s, longer than it may take to
    /// ask. With less, whoever measures learns who is known.
    pub third_party_pace: Option<Duration>,
}

/// The mail server with its password.
#[derive(Clone)]
pub struct MailSettings {
    pub config: MailConfig,
    pub password: Option<Credential>,
    /// Of mails to people of whom it is not known what they read.
    pub language: &'static Language,
}

impl fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailSettings").field("config", &self.config).finish_non_exhaustive()
    }
}

/// The settings in use.
pub(crate) struct Outbound {
    pub(crate) webhooks: WebhookSender,
    /// Seals the secrets of webhooks.
    pub(crate) webhook_secrets: Key,
    pub(crate) mailer: Option<Mailer>,
    pub(crate) mail_language: &'static Language,
    pub(crate) third_party_pace: Duration,
}

impl Outbound {
    pub(crate) fn new(settings: &OutboundSettings, root: &RootKey) -> Result<Self, passwright_connectors::Fault> {
        let ca_file = settings.webhook_ca_file.as_deref();
        let mailer = settings.mail.as_ref().map(|mail| Mailer::new(&mail.config, mail.password.clone())).transpose()?;
        let [english, ..] = languages::all();
        Ok(Self {
            webhooks: WebhookSender::new(settings.allowed_networks.clone(), ca_file),
            webhook_secrets: root.derive(Purpose::WebhookSecrets),
            mailer,
            mail_language: settings.mail.as_ref().map_or(english, |mail| mail.language),
            third_party_pace: settings.third_party_pace.unwrap_or(crate::third_party::PACE),
        })
    }
}
