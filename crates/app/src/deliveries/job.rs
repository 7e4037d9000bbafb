//! The loop of one channel: claim what is due, send it, record what came of it. Several nodes may run it at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use passwright_connectors::notify::{mail, webhook};
use passwright_domain::audit::Outcome as AuditOutcome;
use passwright_domain::delivery::{Channel, WaitingTime};
use passwright_storage::deliveries::{
    Attempt, ClaimDeliveries, Claimed, ExpireDeliveries, FinishDelivery, Finished, MAIL, Sent, VoidDeliveryLeases,
    next_due_at,
};
use passwright_storage::settings::{self, SetSetting};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::event::Encode;
use crate::{Error, Service};

/// Between two looks at the outbox.
const POLL: Duration = Duration::from_secs(1);
/// Beyond the longest time a message takes, until another node takes it up.
const SLACK: Duration = Duration::from_secs(30);
const WEBHOOKS_AT_ONCE: usize = 16;
const MAILS_AT_ONCE: usize = 4;

/// What came of one message.
pub(super) struct Outcome {
    pub(super) sent: Sent,
    pub(super) status: Option<u16>,
    /// Empty for a success; never a secret.
    pub(super) detail: String,
}

impl Outcome {
    pub(super) fn dropped(why: &str) -> Self {
        Self { sent: Sent::Dropped, status: None, detail: why.to_owned() }
    }
}

/// Sends a channel's messages until told to stop; then ends what it has begun.
pub async fn send_deliveries(service: Arc<Service>, channel: Channel, encode: Encode, mut stop: watch::Receiver<bool>) {
    let at_once = match channel {
        Channel::Webhook => WEBHOOKS_AT_ONCE,
        Channel::Mail => MAILS_AT_ONCE,
    };
    let mut sending = JoinSet::new();
    while !*stop.borrow() {
        while sending.try_join_next().is_some() {}
        let free = at_once.saturating_sub(sending.len());
        let wait = match service.claim_deliveries(channel, free).await {
            Ok(Due::Claimed(claimed)) => {
                for message in claimed {
                    sending.spawn(deliver(service.clone(), message, encode));
                }
                continue;
            }
            Ok(Due::In(wait)) => wait,
            Err(error) => {
                tracing::error!(channel = channel.as_str(), error = %error, "the outbox could not be read");
                POLL
            }
        };
        tokio::select! {
            Some(_) = sending.join_next(), if !sending.is_empty() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
    while sending.join_next().await.is_some() {}
}

enum Due {
    Claimed(Vec<Claimed>),
    In(Duration),
}

async fn deliver(service: Arc<Service>, claimed: Claimed, encode: Encode) {
    let started = Instant::now();
    let outcome = match claimed.channel {
        Channel::Webhook => service.send_to_webhook(&claimed, encode).await,
        Channel::Mail => service.send_mail(&claimed).await,
    };
    let recorded = match outcome {
        Ok(outcome) => service.record_delivery(claimed, outcome, started.elapsed()).await,
        // It is due again when the lease is over.
        Err(error) => Err(error),
    };
    if let Err(error) = recorded {
        tracing::error!(error = %error, "a message could not be sent or recorded");
    }
}

impl Service {
    /// Whether this process has a mail server.
    #[must_use]
    pub fn sends_mail(&self) -> bool {
        self.outbound.mailer.is_some()
    }

    /// Connects to the mail server and signs in; `None` when there is none.
    pub async fn test_mail(&self) -> Option<Result<(), passwright_connectors::Fault>> {
        Some(self.outbound.mailer.as_ref()?.test().await)
    }

    /// Opens the outbox, before its loops run: what a process before this one was sending is taken up, and it is said
    /// whether mail is written down at all. Where several processes share the database, leases run out by themselves, and a
    /// process without a mail server says nothing: another may have one.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn open_outbox(&self) -> Result<(), Error> {
        if self.store.is_single_process() {
            self.store.write(VoidDeliveryLeases { now: self.clock.now() }).await?;
        }
        let mut reader = self.store.read().await?;
        let known = settings::lookup(&mut reader.tx(), MAIL).await?;
        drop(reader);
        let value = if self.sends_mail() { "on" } else { "off" };
        let says_nothing = !self.sends_mail() && (known.is_none() || !self.store.is_single_process());
        if says_nothing || known.as_deref() == Some(value) {
            return Ok(());
        }
        Ok(self.store.write(SetSetting { name: MAIL, value: value.to_owned(), now: self.clock.now() }).await?)
    }

    /// Gives up messages that have waited too long, and removes those that ended long ago.
    pub(crate) async fn forget_deliveries(&self) -> Result<(), Error> {
        Ok(self.store.write(ExpireDeliveries { now: self.clock.now() }).await?)
    }

    pub(super) fn jitter(&self) -> u16 {
        let mut jitter = [0; 2];
        self.rng.fill(&mut jitter);
        u16::from_be_bytes(jitter)
    }

    async fn claim_deliveries(&self, channel: Channel, free: usize) -> Result<Due, Error> {
        if free == 0 {
            return Ok(Due::In(POLL));
        }
        let now = self.clock.now();
        let mut reader = self.store.read().await?;
        let next = next_due_at(&mut reader.tx(), channel, now).await?;
        drop(reader);
        match next {
            Some(Duration::ZERO) => {}
            Some(wait) => return Ok(Due::In(wait.min(POLL))),
            None => return Ok(Due::In(POLL)),
        }
        let longest = match channel {
            Channel::Webhook => webhook::LONGEST,
            Channel::Mail => mail::LONGEST,
        };
        let most = i64::try_from(free).unwrap_or(1);
        let claimed = self.store.write(ClaimDeliveries { channel, now, most, lease: longest + SLACK }).await?;
        // Another node was quicker.
        Ok(if claimed.is_empty() { Due::In(POLL / 20) } else { Due::Claimed(claimed) })
    }

    async fn record_delivery(&self, claimed: Claimed, outcome: Outcome, took: Duration) -> Result<(), Error> {
        let Outcome { sent, status, detail } = outcome;
        if let Sent::Failed { waiting: WaitingTime { .. } } | Sent::Bounced | Sent::Gone { .. } = &sent {
            tracing::warn!(
                channel = claimed.channel.as_str(), event.id = %claimed.event_id, recipient.id = %claimed.recipient,
                attempt = claimed.attempt, detail, "a message was not taken"
            );
        }
        let (event, object) = match claimed.channel {
            Channel::Webhook => ("WEBHOOK_SWITCHED_OFF", format!("webhook:{}", claimed.recipient)),
            Channel::Mail => ("MAIL_BOUNCED", format!("identity:{}", claimed.recipient)),
        };
        let about = format!("event:{} {detail}", claimed.event_id);
        let audit = self.audit_record("system:worker".to_owned(), event, object, AuditOutcome::Failed, "", about);
        let recipient = claimed.recipient.clone();
        let attempt = Attempt { duration: took, status: status.map(i64::from), detail };
        let finish = FinishDelivery { claimed, sent, attempt, now: self.clock.now(), audit };
        match self.store.write(finish).await? {
            Finished::Recorded => {}
            Finished::SwitchedOff => tracing::warn!(webhook.id = %recipient, "a webhook was switched off"),
            Finished::LeaseLost => {
                tracing::warn!(recipient.id = %recipient, "a message was taken up by another sender");
            }
        }
        Ok(())
    }
}
