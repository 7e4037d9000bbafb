//! Changing one's own passwords in the pages: the current password first, then the rules, then all chosen rows in one
//! transaction, each a change of its own.

use std::net::IpAddr;

use passwright_domain::access::Caller;
use passwright_domain::audit::Trace;
use passwright_domain::change::{NewChange, NewTarget, PayloadKind, SealedPayload};
use passwright_domain::ids::{IdentityId, PasswordChangeId};
use passwright_storage::changes::{AcceptChange, AcceptOwnChanges};
use passwright_vault::sealing;
use passwright_vault::secret::{Password, SecretText};

use super::rows::Row;
use super::rules::{Chosen, Judgement};
use crate::passwords::payload_binding;
use crate::sessions::{Session, SignIn};
use crate::{Error, Service};

/// What the form says.
pub struct NewPassword {
    /// The keys of the chosen rows.
    pub rows: Vec<String>,
    /// The password that the person signs in with.
    pub current: Password,
    pub new: Password,
    /// Where the person comes from, as far as that is known.
    pub address: Option<IpAddr>,
}

/// What came of it.
pub enum ChangedPasswords {
    /// The changes, in the order of their rows, and the session's new cookie.
    Accepted(Vec<PasswordChangeId>, SecretText),
    /// Nothing was asked for: the new password breaks rules.
    Broken(Judgement),
    /// The current password is wrong.
    WrongCurrent,
    /// Too many wrong ones.
    TooMany(std::time::Duration),
    /// A policy wants strong authentication: a factor has to be shown first.
    NeedsFactor,
}

impl Service {
    /// Accepts a change for each chosen row: all of them or none.
    ///
    /// # Errors
    /// `BadRequest` for no row, or one that is not the person's; `Unavailable` when the database, or the source that knows the
    /// current password, does not answer.
    pub async fn change_passwords(
        &self,
        session: &Session,
        wanted: NewPassword,
        trace: &Trace,
    ) -> Result<ChangedPasswords, Error> {
        let caller = session.caller(trace);
        let chosen = self.chosen(&caller, session, &wanted.rows).await?;
        if self.wants_factor(&chosen, session, wanted.address).await? {
            return Ok(ChangedPasswords::NeedsFactor);
        }
        let judgement = chosen.judge_password(&wanted.new);
        if judgement.unusable || !judgement.broken.is_empty() || wanted.new.expose().is_empty() {
            return Ok(ChangedPasswords::Broken(judgement));
        }
        let confirmed = match self.unconfirmed(session) {
            Some(confirmed) => confirmed,
            None => match self.confirm_password(session, wanted.current, trace).await? {
                SignIn::Passed(confirmed) => confirmed,
                SignIn::Wrong => return Ok(ChangedPasswords::WrongCurrent),
                SignIn::TooMany(wait) => return Ok(ChangedPasswords::TooMany(wait)),
            },
        };
        let sign_in = chosen.catalog.built_in().map(|known| &known.source.id);
        let confirmed = match chosen.rows.iter().flat_map(|row| &row.reached).any(|a| Some(&a.source_id) == sign_in) {
            true => confirmed.spared(self.clock.now()),
            false => confirmed,
        };
        let changes = chosen.rows.iter().map(|row| {
            let change = self.own_change(&caller, &chosen.identity.id, row, &wanted.new)?;
            let audit = self.accepted_record(&caller, "USER_PASSWORD_UPDATE", &change);
            Ok(AcceptChange { change, audit })
        });
        let changes = changes.collect::<Result<Vec<_>, Error>>()?;
        let ids = changes.iter().map(|accept| accept.change.id.clone()).collect();
        let accept = AcceptOwnChanges { changes, rotation: confirmed.rotation, now: self.clock.now() };
        self.store.write(accept).await?;
        self.work_waiting.notify_one();
        Ok(ChangedPasswords::Accepted(ids, confirmed.cookie))
    }

    /// Whether a factor has to be shown before these rows can be changed: a policy of one wants strong authentication, and none was
    /// shown in this session not long ago.
    ///
    /// # Errors
    /// `BadRequest` for no row, or one that is not the person's; when the database does not answer.
    pub async fn needs_factor(
        &self,
        session: &Session,
        keys: &[String],
        address: Option<IpAddr>,
        trace: &Trace,
    ) -> Result<bool, Error> {
        let chosen = self.chosen(&session.caller(trace), session, keys).await?;
        self.wants_factor(&chosen, session, address).await
    }

    async fn wants_factor(&self, chosen: &Chosen, session: &Session, address: Option<IpAddr>) -> Result<bool, Error> {
        if self.is_strong(session) {
            return Ok(false);
        }
        for (policy, _) in chosen.judges() {
            if self.wants_strong_authentication(policy, address).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn own_change(
        &self,
        caller: &Caller,
        identity: &IdentityId,
        row: &Row,
        password: &Password,
    ) -> Result<NewChange, Error> {
        let named = row.named().ok_or_else(|| Error::Internal("a row without its account".to_owned()))?;
        let accepted_at = self.clock.now();
        let id = PasswordChangeId::from_random(self.rng.id_bytes(accepted_at));
        let (epoch, kek) = self.epochs.current(accepted_at);
        let kind = PayloadKind::Direct;
        let bound_to = payload_binding(&id, identity, named, &kind, false);
        let sealed = sealing::seal(&kek, bound_to.as_bytes(), password.expose().as_bytes())
            .map_err(|e| Error::Internal(e.to_string()))?;
        let targets =
            row.reached.iter().map(|a| NewTarget { account_id: a.id.clone(), source_id: a.source_id.clone() });
        Ok(NewChange {
            id,
            identity_id: identity.clone(),
            actor: caller.actor(),
            tracking_id: caller.tracking_id.id.clone(),
            accepted_at,
            payload: SealedPayload { kind, epoch, wrapped_key: sealed.wrapped_key, ciphertext: sealed.ciphertext },
            ciphertext_digest: None,
            named_account_id: named.id.clone(),
            unlock: false,
            targets: targets.collect(),
        })
    }
}
