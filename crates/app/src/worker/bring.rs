//! Writes and proves. A write whose outcome is unknown from before is proved first: it may be there already, a system
//! that keeps a history would refuse to take it twice, and somebody may have changed the password since.

use std::sync::Arc;

use passwright_connectors::{AccountRef, Fault, FaultClass, Proof, SetPassword};
use passwright_domain::change::{NO_TIME_TOLD, OpenTarget};
use passwright_storage::changes::Seen;
use passwright_vault::secret::Password;
use tokio::time::Instant;

use super::CALL;
use super::attempt::{bounded, bounded_by};
use super::check::look;
use super::history::{History, seen_in};
use super::lease::Lease;
use super::proofs::{NEAR_LOCK, NEXT_TIME, Proofs, Try};
use super::resolve::Met;
use super::world::{Case, World};
use crate::Target;

/// One password on its way to one account.
pub(super) struct Delivery<'a, W: World> {
    pub(super) world: &'a W,
    pub(super) case: &'a Case,
    pub(super) target: &'a OpenTarget,
    pub(super) lease: &'a Lease,
    pub(super) history: &'a History,
    pub(super) password: &'a Password,
    pub(super) proofs: Proofs,
}

/// The answer of a sign-in, or why none was tried.
type Shown = Result<Result<Proof, Fault>, Try>;

impl<W: World> Delivery<'_, W> {
    /// Brings it there; a write is not begun after `write_by`.
    pub(super) async fn bring(mut self, write_by: Instant) -> Met {
        let system = match self.world.system(&self.case.account).await {
            Ok(system) => system,
            Err(fault) => return Met::Fault(fault),
        };
        let mut has_answered = true;
        if self.target.maybe_written {
            match self.prove(&system).await {
                Ok(proof) => {
                    has_answered = proof.is_ok();
                    if let Some(met) = self.history.settled_by(proof) {
                        return met;
                    }
                }
                // Somebody else may have changed it: only a sign-in could tell.
                Err(_) if self.history.moved => return Met::unproved(NEAR_LOCK, Seen::AsBefore),
                Err(_) => {}
            }
        }
        let write_by = write_by.min(Instant::now() + CALL);
        let write = system.set_password(self.account(), self.password.expose(), self.options());
        match bounded_by(write_by, self.lease, write).await {
            Ok(Ok(())) => {
                if self.target.unlock {
                    self.proofs.unlocked();
                }
                self.after_write(&system).await
            }
            // A history that refuses a repeat: the first writing may have been the one that counted.
            Ok(Err(fault)) if fault.class == FaultClass::Refused && self.target.maybe_written => {
                let met = self.after_refusal(&system, fault, has_answered).await;
                self.history.refused_by(met)
            }
            Ok(Err(fault)) => Met::Fault(fault),
            Err(no_answer) => Met::TimedOut(no_answer),
        }
    }

    async fn after_write(&mut self, system: &Arc<dyn Target>) -> Met {
        let shown = match self.prove(system).await {
            Ok(proof @ (Ok(Proof::Proved | Proof::NotProvable(_)) | Err(_))) => {
                return Met::Written(proof, Seen::AsBefore);
            }
            rejected_or_not_tried => rejected_or_not_tried,
        };
        // The next attempt must tell our own write from somebody else's.
        let state = look(self.world, self.case, &self.case.account).await;
        let seen = Seen::At(state.as_ref().ok().map(seen_in));
        match (shown, state) {
            (Ok(proof), _) => Met::Written(proof, seen),
            (Err(Try::Now | Try::NextTime), _) => Met::unproved(NEXT_TIME, seen),
            (Err(Try::NearLock), Err(fault)) => Met::Written(Err(fault), Seen::AsBefore),
            // The time shows the write where no sign-in may; where no time is told, the system's word must do.
            (Err(Try::NearLock), Ok(state)) if state.password_changed_at.is_none() || self.history.moved_in(&state) => {
                Met::not_provable(NEAR_LOCK.to_owned())
            }
            (Err(Try::NearLock), Ok(_)) => Met::Written(Ok(Proof::Rejected), seen),
        }
    }

    /// `has_answered`: a sign-in that was tried before told something.
    async fn after_refusal(&mut self, system: &Arc<dyn Target>, refusal: Fault, has_answered: bool) -> Met {
        let if_changed = match self.prove(system).await {
            Ok(Ok(Proof::Rejected)) => return Met::Fault(refusal),
            Ok(Ok(Proof::NotProvable(why))) => Met::not_provable(why),
            Ok(proof) => return Met::Written(proof, Seen::AsBefore),
            Err(Try::NearLock) => Met::not_provable(NEAR_LOCK.to_owned()),
            // The password may be there: only the sign-in of the next attempt can tell.
            Err(Try::Now | Try::NextTime) if !has_answered => return Met::unproved(NEXT_TIME, Seen::AsBefore),
            // It did not sign in a moment ago: the change may be somebody else's.
            Err(Try::Now | Try::NextTime) => Met::unproved(NEXT_TIME, Seen::AsBefore),
        };
        match look(self.world, self.case, &self.case.account).await {
            Ok(state) if self.history.moved_in(&state) => if_changed,
            _ => Met::Fault(refusal),
        }
    }

    async fn prove(&mut self, system: &Arc<dyn Target>) -> Shown {
        match self.proofs.may_try() {
            Try::Now => {}
            not_now => return Err(not_now),
        }
        let proof = bounded(system.prove(self.account(), self.password.expose())).await.and_then(|proof| proof);
        self.proofs.tried(&proof);
        Ok(proof)
    }

    fn options(&self) -> SetPassword {
        SetPassword {
            unlock: self.target.unlock,
            must_change: false,
            order: self.world.order_base().saturating_add(self.target.seq),
            unless_changed_since: self.history.seen.filter(|at| *at != NO_TIME_TOLD).map(|at| at.0),
        }
    }

    fn account(&self) -> AccountRef<'_> {
        Case::reference(&self.case.account)
    }
}
