//! The seams a simulation replaces: time, randomness and the systems a password is brought to.

use std::future::Future;
use std::pin::Pin;
use std::time::SystemTime;

use passwright_connectors::{AccountRef, AccountState, Connector, Fault, Proof, SetPassword};
use passwright_domain::timestamp::Timestamp;

/// Wall-clock time.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// Random bytes.
pub trait Rng: Send + Sync {
    fn fill(&self, out: &mut [u8]);

    fn bytes16(&self) -> [u8; 16] {
        let mut out = [0; 16];
        self.fill(&mut out);
        out
    }

    /// Bytes for an id: milliseconds since 1970 first, as in UUID version 7 (RFC 9562 section 5.7), then 80 random bits.
    /// Rows made one after another lie side by side in the database, which writes a third less.
    fn id_bytes(&self, now: Timestamp) -> [u8; 16] {
        let mut out = self.bytes16();
        let millis = (now.0 / 1000).to_be_bytes();
        for (byte, of_time) in out.iter_mut().zip(millis.into_iter().skip(2)) {
            *byte = of_time;
        }
        out
    }
}

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let elapsed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp(0) + elapsed
    }
}

/// The vault's generator.
pub struct OsRng;

impl Rng for OsRng {
    fn fill(&self, out: &mut [u8]) {
        passwright_vault::random::fill(out);
    }
}

/// A future of a [`Target`] call.
pub(crate) type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// A system that holds accounts: a connector, the built-in source, or a scripted one in a test.
pub trait Target: Send + Sync {
    /// Looks at the account; changes nothing.
    fn check<'a>(&'a self, account: AccountRef<'a>) -> Call<'a, AccountState>;
    /// Writes the new password.
    fn set_password<'a>(&'a self, account: AccountRef<'a>, new: &'a str, options: SetPassword) -> Call<'a, ()>;
    /// Signs in with the new password.
    fn prove<'a>(&'a self, account: AccountRef<'a>, password: &'a str) -> Call<'a, Proof>;
}

impl Target for Connector {
    fn check<'a>(&'a self, account: AccountRef<'a>) -> Call<'a, AccountState> {
        Box::pin(Connector::check(self, account))
    }

    fn set_password<'a>(&'a self, account: AccountRef<'a>, new: &'a str, options: SetPassword) -> Call<'a, ()> {
        Box::pin(Connector::set_password(self, account, new, options))
    }

    fn prove<'a>(&'a self, account: AccountRef<'a>, password: &'a str) -> Call<'a, Proof> {
        Box::pin(Connector::prove(self, account, password))
    }
}
