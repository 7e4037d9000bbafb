//! One mail to a person, at the address that is stored for them and no other.

use std::time::SystemTime;

use passwright_connectors::notify::mail::{Mail, MailFault};
use passwright_domain::delivery::{Fact, WaitingTime};
use passwright_domain::directory::Identity;
use passwright_domain::reset::Method;
use passwright_storage::deliveries::{Claimed, Sent};
use passwright_storage::directory::identities;
use passwright_storage::recovery::lookup_mailed;
use passwright_vault::factors::Of;

use super::event::ended;
use super::job::Outcome;
use crate::letters::{
    self, Letter, answers_changed, change_delayed, change_ended, factor_changed, help_offered, name_asked,
    proof_mailed, recovery_failed, sign_in_locked, token_made,
};
use crate::passwords::PasswordChange;
use crate::{Error, Service};

impl Service {
    pub(super) async fn send_mail(&self, claimed: &Claimed) -> Result<Outcome, Error> {
        let Some(mailer) = &self.outbound.mailer else {
            return Err(Error::Internal("no mail server is set up in this process".to_owned()));
        };
        let Ok(recipient) = claimed.recipient.parse() else { return Ok(Outcome::dropped("no such identity")) };
        let mut reader = self.store.read().await?;
        let identity = identities::lookup(&mut reader.tx(), &recipient).await?;
        drop(reader);
        let Some((identity, to)) = identity.and_then(|identity| Some((identity.clone(), identity.email?))) else {
            return Ok(Outcome::dropped("the identity is gone or has no address"));
        };
        let Some(letter) = self.letter(&claimed.fact, &identity).await? else {
            return Ok(Outcome::dropped("there is nothing to tell any more"));
        };
        let written = letter.write(&self.settings.public_url).map_err(|e| Error::Internal(e.to_string()))?;
        let date = SystemTime::UNIX_EPOCH + claimed.created_at.since(crate::Timestamp(0));
        let id = claimed.event_id.clone();
        let mail = Mail { to, id, date, subject: written.subject, text: written.text, html: written.html };
        Ok(match mailer.send(&mail).await {
            Ok(()) => Outcome { sent: Sent::Delivered, status: Some(250), detail: String::new() },
            Err(MailFault::Bounced { status, detail }) => Outcome { sent: Sent::Bounced, status, detail },
            Err(MailFault::Later { status, detail }) => {
                let waiting = WaitingTime { asked: None, jitter: self.jitter() };
                Outcome { sent: Sent::Failed { waiting }, status, detail }
            }
        })
    }

    /// The letter of a fact; `None` when it is for nobody, or has been overtaken.
    async fn letter(&self, fact: &Fact, to: &Identity) -> Result<Option<Letter>, Error> {
        let language = letters::language(to, self.outbound.mail_language);
        Ok(match fact {
            Fact::ChangeEnded { change } => {
                self.stored_change(change).await?.map(|stored| change_ended::letter(language, &to.name, &ended(stored)))
            }
            Fact::ChangeDelayed { change } => self.stored_change(change).await?.and_then(|stored| {
                // An end has its own letter, also one that may not be shown yet.
                let open = stored.change.ended_at.is_none();
                open.then(|| change_delayed::letter(language, &to.name, &PasswordChange::of(stored, self.clock.now())))
            }),
            Fact::FactorChanged { factor, change } => {
                Some(factor_changed::letter(language, &to.name, *factor, *change))
            }
            Fact::AnswersChanged { change } => Some(answers_changed::letter(language, &to.name, *change)),
            Fact::ProofMailed { proof, method } => {
                let mut reader = self.store.read().await?;
                let usable = lookup_mailed(&mut reader.tx(), proof, self.clock.now()).await?;
                drop(reader);
                let link = *method == Method::MailedLink;
                let secret = self.proofs.mailed.secret(if link { Of::Link } else { Of::Code }, proof);
                usable.then(|| match link {
                    true => proof_mailed::link(language, &to.name, proof, &secret),
                    false => proof_mailed::code(language, &to.name, &secret),
                })
            }
            Fact::SignInLocked { until } => Some(sign_in_locked::letter(language, &to.name, *until)),
            Fact::RecoveryFailed { goal } => Some(recovery_failed::letter(language, &to.name, *goal)),
            Fact::TokenMade { name } => Some(token_made::letter(language, &to.name, name)),
            Fact::NameAsked {} => Some(name_asked::letter(language, &to.name, &to.alias)),
            Fact::HelpOffered {} => Some(help_offered::letter(language, &to.name)),
            Fact::TargetEnded { .. } | Fact::TargetRetrying { .. } | Fact::WebhookTest {} => None,
        })
    }
}
