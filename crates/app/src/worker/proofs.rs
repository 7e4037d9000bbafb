//! How often an attempt may try a sign-in that may fail. A failed one counts against the account like a mistyped
//! password: one for each attempt, and none that would leave the account less than two short of its lock.

use passwright_connectors::{Fault, Proof, SignIns};

/// Failed sign-ins that are left to the person.
const LEFT_TO_THE_PERSON: u32 = 2;

/// What a target says that was written and not proved.
pub(super) const NEAR_LOCK: &str = "a sign-in was not tried because failed ones have brought the account near its lock";
/// What a target says whose sign-in is put off.
pub(super) const NEXT_TIME: &str = "the sign-in is tried with the next attempt so as not to lock the account";

/// Whether a sign-in may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Try {
    Now,
    /// Not again in this attempt.
    NextTime,
    /// Not as long as the account is so near its lock.
    NearLock,
}

/// The sign-ins of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Proofs(Try, bool);

impl Proofs {
    pub(super) fn of(sign_ins: SignIns) -> Self {
        match sign_ins {
            SignIns::NeverLock => Self(Try::Now, false),
            SignIns::NotTold => Self(Try::Now, true),
            SignIns::Counted { failed, lock_at } => {
                let is_far = failed.checked_add(1 + LEFT_TO_THE_PERSON).is_some_and(|count| count <= lock_at);
                Self(if is_far { Try::Now } else { Try::NearLock }, true)
            }
        }
    }

    pub(super) fn may_try(self) -> Try {
        self.0
    }

    /// The account was unlocked, and its failed sign-ins forgotten with that.
    pub(super) fn unlocked(&mut self) {
        if self.0 == Try::NearLock {
            self.0 = Try::Now;
        }
    }

    /// A sign-in was tried. One that cannot show the password is not a wrong one: it does not count against the account,
    /// and were it put off like one, each attempt would write again and end without an answer.
    pub(super) fn tried(&mut self, proof: &Result<Proof, Fault>) {
        if self.1 && self.0 == Try::Now && matches!(proof, Ok(Proof::Rejected) | Err(_)) {
            self.0 = Try::NextTime;
        }
    }
}

#[cfg(test)]
mod tests {
    use passwright_connectors::FaultClass;

    use super::*;

    #[test]
    fn one_failure_an_attempt_and_two_left_to_the_person() {
        let cases = [
            (SignIns::NeverLock, Try::Now, Try::Now),
            (SignIns::NotTold, Try::Now, Try::NextTime),
            (SignIns::Counted { failed: 0, lock_at: 3 }, Try::Now, Try::NextTime),
            (SignIns::Counted { failed: 1, lock_at: 3 }, Try::NearLock, Try::NearLock),
            (SignIns::Counted { failed: 2, lock_at: 5 }, Try::Now, Try::NextTime),
            (SignIns::Counted { failed: 3, lock_at: 5 }, Try::NearLock, Try::NearLock),
            (SignIns::Counted { failed: 0, lock_at: 2 }, Try::NearLock, Try::NearLock),
            (SignIns::Counted { failed: 0, lock_at: 1 }, Try::NearLock, Try::NearLock),
            (SignIns::Counted { failed: u32::MAX, lock_at: u32::MAX }, Try::NearLock, Try::NearLock),
        ];
        for (sign_ins, first, after_a_failure) in cases {
            let mut proofs = Proofs::of(sign_ins);
            assert_eq!(proofs.may_try(), first, "{sign_ins:?}");
            for not_wrong in [Proof::Proved, Proof::NotProvable("the account is disabled".to_owned())] {
                proofs.tried(&Ok(not_wrong));
                assert_eq!(proofs.may_try(), first, "{sign_ins:?}");
            }
            let mut unanswered = proofs;
            unanswered.tried(&Err(Fault::new(FaultClass::Transient, "no answer", "test")));
            proofs.tried(&Ok(Proof::Rejected));
            assert_eq!([proofs, unanswered].map(Proofs::may_try), [after_a_failure; 2], "{sign_ins:?}");
            proofs.unlocked();
            assert_ne!(proofs.may_try(), Try::NearLock, "{sign_ins:?}");
        }
    }
}
