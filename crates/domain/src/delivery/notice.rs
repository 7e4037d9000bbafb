//! What happened, as little as is needed to tell of it later: ids, and the figures that go on changing.

use serde::{Deserialize, Serialize};

use crate::factors::{Factor, FactorChange};
use crate::ids::{IdentityId, PasswordChangeId, PersonalAccessTokenId};
use crate::reset::{FlowId, Goal, Method};
use crate::timestamp::Timestamp;

/// The way a message takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// A request to a webhook.
    Webhook,
    /// A mail to an identity.
    Mail,
}

impl Channel {
    /// The name in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Mail => "mail",
        }
    }
}

/// What happened. Never a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum Fact {
    /// A change ended; what became of it is read from the change, which does not alter any more.
    #[serde(rename = "password_change.ended")]
    ChangeEnded { change: PasswordChangeId },
    /// An attempt ended a target.
    #[serde(rename = "password_change.target.ended")]
    TargetEnded { change: PasswordChangeId, position: i64 },
    /// An attempt did not succeed and another will be made.
    #[serde(rename = "password_change.target.retrying")]
    TargetRetrying {
        change: PasswordChangeId,
        position: i64,
        attempts: i64,
        /// One plain sentence.
        reason: String,
        /// The system may have the new password all the same.
        maybe_written: bool,
        next_attempt_at: Timestamp,
    },
    /// A change is not through with every target yet; told to the person alone.
    #[serde(rename = "password_change.delayed")]
    ChangeDelayed { change: PasswordChangeId },
    /// A factor was enrolled, removed or, of a recovery code, used; told to the person alone.
    #[serde(rename = "factor.changed")]
    FactorChanged { factor: Factor, change: FactorChange },
    /// The answers to security questions were set or removed; told to the person alone.
    #[serde(rename = "answers.changed")]
    AnswersChanged { change: FactorChange },
    /// A code or a link is to be mailed; its secret is computed when it is.
    #[serde(rename = "proof.mailed")]
    ProofMailed { proof: String, method: Method },
    /// Too many wrong passwords closed the sign-in with a name; told to its person alone.
    #[serde(rename = "sign_in.locked")]
    SignInLocked { until: Timestamp },
    /// Too many wrong answers ended a reset or an unlock; told to the person alone.
    #[serde(rename = "recovery.failed")]
    RecoveryFailed { goal: Goal },
    /// A personal access token was made; told to its owner alone.
    #[serde(rename = "token.made")]
    TokenMade { name: String },
    /// Somebody asked for the user name of a mail address.
    #[serde(rename = "name.asked")]
    NameAsked {},
    /// The help desk shows a person the way to a new password; told to the person alone.
    #[serde(rename = "help.offered")]
    HelpOffered {},
    /// Somebody asked for a message to try a webhook.
    #[serde(rename = "webhook.test")]
    WebhookTest {},
}

/// The events a webhook can be subscribed to.
pub const SUBSCRIBABLE: [&str; 3] =
    ["password_change.ended", "password_change.target.ended", "password_change.target.retrying"];

impl Fact {
    /// The event's name, on the wire and in the database.
    #[must_use]
    pub fn event(&self) -> &'static str {
        match self {
            Self::ChangeEnded { .. } => "password_change.ended",
            Self::TargetEnded { .. } => "password_change.target.ended",
            Self::TargetRetrying { .. } => "password_change.target.retrying",
            Self::ChangeDelayed { .. } => "password_change.delayed",
            Self::FactorChanged { .. } => "factor.changed",
            Self::AnswersChanged { .. } => "answers.changed",
            Self::ProofMailed { .. } => "proof.mailed",
            Self::SignInLocked { .. } => "sign_in.locked",
            Self::RecoveryFailed { .. } => "recovery.failed",
            Self::TokenMade { .. } => "token.made",
            Self::NameAsked {} => "name.asked",
            Self::HelpOffered {} => "help.offered",
            Self::WebhookTest {} => "webhook.test",
        }
    }
}

/// Something to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Names the event: the same id again is the same event and is told once. 1 to 64 ASCII letters, digits, `_`.
    pub id: String,
    pub fact: Fact,
    /// Who is told by mail; `None`: nobody.
    pub mail_to: Option<IdentityId>,
    /// Not before this time.
    pub due_at: Timestamp,
}

impl Notice {
    /// The end of a change, at the time when it may be shown. Whoever it concerns is told by mail, unless a newer change
    /// took its place: that one's mail says what works.
    #[must_use]
    pub fn change_ended(change: &PasswordChangeId, mail_to: Option<IdentityId>, released_at: Timestamp) -> Self {
        let fact = Fact::ChangeEnded { change: change.clone() };
        Self { id: format!("{change}_ended"), fact, mail_to, due_at: released_at }
    }

    /// The end of a target by an attempt.
    #[must_use]
    pub fn target_ended(change: &PasswordChangeId, position: i64, now: Timestamp) -> Self {
        let fact = Fact::TargetEnded { change: change.clone(), position };
        Self { id: format!("{change}_{position}_ended"), fact, mail_to: None, due_at: now }
    }

    /// An attempt that is made again.
    #[must_use]
    pub fn target_retrying(
        change: &PasswordChangeId,
        position: i64,
        attempts: i64,
        reason: &str,
        maybe_written: bool,
        next_attempt_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        let reason = reason.to_owned();
        let change = change.clone();
        let id = format!("{change}_{position}_{attempts}");
        let fact = Fact::TargetRetrying { change, position, attempts, reason, maybe_written, next_attempt_at };
        Self { id, fact, mail_to: None, due_at: now }
    }

    /// A changed factor, to the person. `record` is the id of the audit record: one message for each.
    #[must_use]
    pub fn factor_changed(
        factor: Factor,
        change: FactorChange,
        mail_to: Option<IdentityId>,
        record: &str,
        now: Timestamp,
    ) -> Self {
        let fact = Fact::FactorChanged { factor, change };
        Self { id: format!("factor_{record}"), fact, mail_to, due_at: now }
    }

    /// Changed answers to security questions, to the person; `record` as for a factor.
    #[must_use]
    pub fn answers_changed(change: FactorChange, mail_to: IdentityId, record: &str, now: Timestamp) -> Self {
        let fact = Fact::AnswersChanged { change };
        Self { id: format!("answers_{record}"), fact, mail_to: Some(mail_to), due_at: now }
    }

    /// A code or a link, under the id that its secret is computed from. `mail_to`: `None` for an unknown name.
    #[must_use]
    pub fn proof_mailed(proof: &str, method: Method, mail_to: Option<IdentityId>, now: Timestamp) -> Self {
        let fact = Fact::ProofMailed { proof: proof.to_owned(), method };
        Self { id: format!("proof_{proof}"), fact, mail_to, due_at: now }
    }

    /// A lock of a name, at its beginning. `record` is the id of the audit record. `mail_to`: `None` for an unknown name.
    #[must_use]
    pub fn sign_in_locked(record: &str, until: Timestamp, mail_to: Option<IdentityId>, now: Timestamp) -> Self {
        Self { id: format!("lock_{record}"), fact: Fact::SignInLocked { until }, mail_to, due_at: now }
    }

    /// The end of a flow by too many wrong answers: once for each, and to a person once an hour, as anybody can bring it about.
    /// `mail_to`: `None` for an unknown name.
    #[must_use]
    pub fn recovery_failed(flow: &FlowId, goal: Goal, mail_to: Option<IdentityId>, now: Timestamp) -> Self {
        let hour = now.seconds().div_euclid(3600).unsigned_abs();
        let id = match &mail_to {
            Some(person) => format!("failed_{person}_{hour}"),
            None => format!("failed_{}", flow.as_str()),
        };
        Self { id, fact: Fact::RecoveryFailed { goal }, mail_to, due_at: now }
    }

    /// A token that was made, to its owner.
    #[must_use]
    pub fn token_made(token: &PersonalAccessTokenId, name: &str, owner: &IdentityId, now: Timestamp) -> Self {
        let fact = Fact::TokenMade { name: name.to_owned() };
        let id = format!("token_{}", token.as_str().replace('-', ""));
        Self { id, fact, mail_to: Some(owner.clone()), due_at: now }
    }

    /// A forgotten user name. `asked` names the request: 32 hex digits.
    #[must_use]
    pub fn name_asked(asked: &str, mail_to: Option<IdentityId>, now: Timestamp) -> Self {
        Self { id: format!("name_{asked}"), fact: Fact::NameAsked {}, mail_to, due_at: now }
    }

    /// The way to a new password, to the person; once an hour, however often it is asked for.
    #[must_use]
    pub fn help_offered(person: &IdentityId, now: Timestamp) -> Self {
        let hour = now.seconds().div_euclid(3600).unsigned_abs();
        let id = format!("help_{person}_{hour}");
        Self { id, fact: Fact::HelpOffered {}, mail_to: Some(person.clone()), due_at: now }
    }

    /// A change that takes longer, once for each change.
    #[must_use]
    pub fn change_delayed(change: &PasswordChangeId, mail_to: IdentityId, now: Timestamp) -> Self {
        let fact = Fact::ChangeDelayed { change: change.clone() };
        Self { id: format!("{change}_delayed"), fact, mail_to: Some(mail_to), due_at: now + super::DELAYED_AFTER }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_json_are_the_events_names() {
        let change = PasswordChangeId::from_random([1; 16]);
        let facts = [
            Fact::ChangeEnded { change: change.clone() },
            Fact::TargetEnded { change: change.clone(), position: 1 },
            Fact::TargetRetrying {
                change: change.clone(),
                position: 0,
                attempts: 2,
                reason: "away".into(),
                maybe_written: false,
                next_attempt_at: Timestamp(1),
            },
            Fact::ChangeDelayed { change },
            Fact::FactorChanged { factor: Factor::Totp, change: FactorChange::Enrolled },
            Fact::AnswersChanged { change: FactorChange::Removed },
            Fact::ProofMailed { proof: "p".into(), method: Method::MailedCode },
            Fact::SignInLocked { until: Timestamp(1) },
            Fact::RecoveryFailed { goal: Goal::Unlock },
            Fact::TokenMade { name: "n".into() },
            Fact::NameAsked {},
            Fact::HelpOffered {},
            Fact::WebhookTest {},
        ];
        for fact in &facts {
            let json = serde_json::to_value(fact).unwrap();
            assert_eq!(json["event"], fact.event());
            assert_eq!(&serde_json::from_value::<Fact>(json).unwrap(), fact);
        }
        for name in SUBSCRIBABLE {
            assert!(facts.iter().any(|fact| fact.event() == name), "{name}");
        }
    }

    #[test]
    fn ids_fit_into_a_signed_header() {
        let change = PasswordChangeId::from_random([255; 16]);
        let retrying = Notice::target_retrying(&change, i64::MAX, 9, "", true, Timestamp(0), Timestamp(0));
        let id = "f".repeat(32);
        let owner = IdentityId::from_random([255; 16]);
        let (factor, mailed) = ((Factor::RecoveryCodes, FactorChange::Removed), Method::MailedCode);
        let notices = [
            retrying,
            Notice::change_ended(&change, None, Timestamp(0)),
            Notice::factor_changed(factor.0, factor.1, None, &id, Timestamp(0)),
            Notice::answers_changed(factor.1, IdentityId::from_random([255; 16]), &id, Timestamp(0)),
            Notice::proof_mailed(&id, mailed, None, Timestamp(0)),
            Notice::sign_in_locked(&id, Timestamp(0), None, Timestamp(0)),
            Notice::recovery_failed(&FlowId::new(id.as_str()), Goal::SetPassword, None, Timestamp(0)),
            Notice::recovery_failed(&FlowId::new("f"), Goal::Unlock, Some(owner.clone()), Timestamp(i64::MAX)),
            Notice::token_made(&PersonalAccessTokenId::from_random([255; 16]), "n", &owner, Timestamp(0)),
            Notice::name_asked(&id, None, Timestamp(0)),
            Notice::help_offered(&IdentityId::from_random([255; 16]), Timestamp(i64::MAX)),
        ];
        for notice in notices {
            assert!(notice.id.len() <= 64, "{}", notice.id);
            assert!(notice.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "{}", notice.id);
        }
    }
}
