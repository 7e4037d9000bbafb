//! Checking an answer: counted, committed, compared, and what was answered with used up. For nobody the same work is done.

use std::time::Duration;

use passwright_domain::audit::Trace;
use passwright_domain::canonical::canonical;
use passwright_domain::delivery::Notice;
use passwright_domain::factors::{Factor, FactorChange, Lane, ProofLimits};
use passwright_domain::ids::IdentityId;
use passwright_domain::reset::{FlowId, Method, Verdict};
use passwright_storage::factors::{ConsumeRecoveryCode, ConsumeTotpStep, lookup_totp};
use passwright_storage::recovery::{ConsumeMailedProof, TakeMailedAttempt, TakeProofAttempt};
use passwright_vault::Key;
use passwright_vault::factors::{MailedProofs, Of, TotpSeed, recovery_code_digest};
use passwright_vault::key_source::{Purpose, RootKey};
use passwright_vault::secret::SecretText;

use super::facts::nobody;
use crate::{Error, Service};

/// Longest answer that is looked at, in bytes.
const LONGEST: usize = 256;
/// The same of a passkey's, which is JSON with some hundreds of bytes in base64url.
const LONGEST_PASSKEY: usize = 8192;
/// The same of what comes back from Duo.
const LONGEST_RETURN: usize = 2048;
/// The same of the answers to security questions together.
const LONGEST_ANSWERS: usize = 4096;

/// The keys of proofs.
pub(crate) struct ProofKeys {
    /// Seals the seeds of authenticators.
    pub(crate) seeds: Key,
    pub(crate) mailed: MailedProofs,
    /// The sealed seed that is opened where there is none.
    decoy: String,
}

const DECOY: &str = "decoy";

impl ProofKeys {
    pub(crate) fn new(root: &RootKey) -> Result<Self, passwright_vault::factors::TotpFault> {
        let seeds = root.derive(Purpose::TotpSeeds);
        let decoy = TotpSeed::random().seal(&seeds, DECOY, DECOY)?;
        Ok(Self { decoy, mailed: MailedProofs::new(root.derive(Purpose::MailedProofs)), seeds })
    }
}

/// An answer to be checked.
pub(crate) struct Answer<'a> {
    pub(crate) method: Method,
    /// Whose it should be; `None`: an unknown name, for which nothing is right.
    pub(crate) identity: Option<&'a IdentityId>,
    /// The canonical name that was given.
    pub(crate) name_key: &'a str,
    /// What it is counted in.
    pub(crate) lane: Lane,
    /// In a flow: the step that was mailed for, or that a passkey signs.
    pub(crate) asked_in: Option<(FlowId, u32)>,
    pub(crate) text: SecretText,
    pub(crate) actor: String,
    pub(crate) tracking_id: &'a Trace,
}

/// What a check found.
pub(crate) enum Checked {
    Verdict(Verdict),
    TooMany(Duration),
    /// There is no answer yet, which is no wrong one.
    NotYet,
}

impl Checked {
    pub(in crate::recovery) fn is(won: bool, used: String) -> Self {
        Self::Verdict(Verdict { is_right: won, is_first_use: won, used })
    }
}

impl Service {
    /// Checks an answer.
    pub(crate) async fn check_answer(&self, mut answer: Answer<'_>) -> Result<Checked, Error> {
        let longest = match answer.method {
            Method::Passkey => LONGEST_PASSKEY,
            Method::ThirdParty => LONGEST_RETURN,
            Method::SecurityQuestions => LONGEST_ANSWERS,
            _ => LONGEST,
        };
        if answer.text.expose().len() > longest {
            answer.text = SecretText::new(String::new());
        }
        match answer.method {
            Method::DigitToken => return self.check_digit_token(answer).await,
            // Not counted: it cannot be guessed.
            Method::Passkey => return self.check_passkey(answer).await,
            // Counts what can be guessed.
            Method::ThirdParty => return self.check_third_party(answer).await,
            _ => {}
        }
        let attempt = self.tracking_id();
        let take = TakeProofAttempt {
            id: attempt.clone(),
            lane: answer.lane,
            name_key: answer.name_key.to_owned(),
            budgets: ProofLimits::default().budgets(answer.lane),
            now: self.clock.now(),
        };
        if let Some(wait) = self.store.write(take).await? {
            return Ok(Checked::TooMany(wait));
        }
        match answer.method {
            Method::Totp => self.check_totp(answer, attempt).await,
            Method::RecoveryCode => self.check_recovery_code(answer, attempt).await,
            Method::MailedCode => self.check_mailed(answer, attempt, Of::Code).await,
            Method::MailedLink => self.check_mailed(answer, attempt, Of::Link).await,
            Method::SecurityQuestions => self.check_questions(answer, attempt).await,
            Method::DigitToken | Method::Passkey | Method::ThirdParty => Ok(Checked::is(false, String::new())),
        }
    }

    async fn check_totp(&self, answer: Answer<'_>, attempt: String) -> Result<Checked, Error> {
        let (now, id) = (self.clock.now(), answer.identity.cloned().unwrap_or_else(nobody));
        let mut reader = self.store.read().await?;
        let stored = lookup_totp(&mut reader.tx(), &id).await?;
        drop(reader);
        let damaged = |e: passwright_vault::factors::TotpFault| Error::Internal(e.to_string());
        let code = SecretText::new(answer.text.expose().split_whitespace().collect());
        let step = match &stored {
            Some(totp) => TotpSeed::open(&self.proofs.seeds, id.as_str(), &totp.id, &totp.sealed_seed)
                .map_err(damaged)?
                .step_of(&code, now, totp.last_step),
            None => {
                let seed = TotpSeed::open(&self.proofs.seeds, DECOY, DECOY, &self.proofs.decoy).map_err(damaged)?;
                // Nobody knows the seed; were its code guessed, there would be no row to use up.
                seed.step_of(&code, now, 0)
            }
        };
        let (Some(step), Some(totp)) = (step, stored) else { return Ok(Checked::is(false, String::new())) };
        let consume = ConsumeTotpStep { id: totp.id, identity_id: id, step, attempt };
        let is_first_use = self.store.write(consume).await?;
        Ok(Checked::Verdict(Verdict { is_right: true, is_first_use, used: format!("totp:{step}") }))
    }

    async fn check_recovery_code(&self, answer: Answer<'_>, attempt: String) -> Result<Checked, Error> {
        let (now, id) = (self.clock.now(), answer.identity.cloned().unwrap_or_else(nobody));
        let digest = recovery_code_digest(&self.keys.pepper_copy(), id.as_str(), &answer.text);
        let used = format!("recovery_code:{attempt}");
        let (factor, change, to) = (Factor::RecoveryCodes, FactorChange::Used, answer.identity.cloned());
        let notice = Notice::factor_changed(factor, change, to.clone(), &attempt, now);
        let consume = ConsumeRecoveryCode { identity_id: to, digest, attempt, now, notice };
        Ok(Checked::is(self.store.write(consume).await?, used))
    }

    async fn check_mailed(&self, answer: Answer<'_>, attempt: String, of: Of) -> Result<Checked, Error> {
        let Some((flow, step)) = answer.asked_in else { return Ok(Checked::is(false, String::new())) };
        let now = self.clock.now();
        let most = i64::from(ProofLimits::default().attempts_per_code);
        let take = TakeMailedAttempt { flow, step, method: answer.method, now, most };
        let mailed = self.store.write(take).await?;
        let id = mailed.clone().unwrap_or_default();
        // A link names its row before the secret; the row is found by the flow all the same.
        let secret = match of {
            Of::Code => answer.text,
            Of::Link | Of::Challenge => {
                SecretText::new(answer.text.expose().strip_prefix(&format!("{id}.")).unwrap_or("").to_owned())
            }
        };
        let is_right = self.proofs.mailed.matches(of, &id, &secret) && mailed.is_some() && answer.identity.is_some();
        if !is_right {
            return Ok(Checked::is(false, String::new()));
        }
        let used = format!("{}:{id}", answer.method.as_str());
        Ok(Checked::is(self.store.write(ConsumeMailedProof { id, attempt, now }).await?, used))
    }

    /// Digit tokens have counters of their own, the same wherever they are used.
    async fn check_digit_token(&self, answer: Answer<'_>) -> Result<Checked, Error> {
        let digits = SecretText::new(answer.text.expose().split_whitespace().collect());
        let (name_key, identity) = (canonical(answer.name_key), answer.identity.cloned());
        let spent = self.spend_digit_token(answer.actor, answer.tracking_id, name_key, identity, digits).await;
        match spent {
            Ok(Some(id)) => Ok(Checked::is(true, format!("digit_token:{id}"))),
            Ok(None) => Ok(Checked::is(false, String::new())),
            Err(Error::TooManyRequests { retry_after }) => Ok(Checked::TooMany(retry_after)),
            Err(error) => Err(error),
        }
    }
}
