//! The machine's single checks by name, so that a test can take one away and show that the explorer notices. Outside of tests
//! every check is there: [`kept`] is a constant.

/// One check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// The request's browser is the flow's.
    Session,
    /// The flow's time is not over.
    Expiry,
    /// A proof was made in this flow and browser, and for its identity.
    Subject,
    /// A proof was made for the step that is open, by its method.
    OpenStep,
    /// What was answered with had not been used.
    FirstUse,
    /// Another name begins without the proofs of the one before.
    Identify,
    /// Another way begins without the step before being counted.
    AnotherWay,
    /// Two proofs through one channel are one.
    Channels,
    /// An enrolled factor cannot be gone round.
    OwnFactor,
    /// The credentials are those of the time when the name was given.
    Generation,
    /// Only enough proofs make a grant.
    Enough,
    /// A grant is given once.
    Redeemed,
}

#[cfg(not(test))]
pub(super) const fn kept(_: Guard) -> bool {
    true
}

#[cfg(test)]
pub(super) use planted::{kept, without};

#[cfg(test)]
mod planted {
    use std::cell::Cell;

    use super::Guard;

    impl Guard {
        pub(in crate::reset) const ALL: [Self; 12] = [
            Self::Session,
            Self::Expiry,
            Self::Subject,
            Self::OpenStep,
            Self::FirstUse,
            Self::Identify,
            Self::AnotherWay,
            Self::Channels,
            Self::OwnFactor,
            Self::Generation,
            Self::Enough,
            Self::Redeemed,
        ];
    }

    thread_local! {
        static MISSING: Cell<Option<Guard>> = const { Cell::new(None) };
    }

    pub(in crate::reset) fn kept(guard: Guard) -> bool {
        MISSING.get() != Some(guard)
    }

    /// Runs `body` on this thread with one check missing.
    pub(in crate::reset) fn without<T>(guard: Guard, body: impl FnOnce() -> T) -> T {
        MISSING.set(Some(guard));
        let outcome = body();
        MISSING.set(None);
        outcome
    }
}
