//! Random choices that a seed repeats.

/// An xorshift64* generator: small, and the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    /// Takes `PASSWRIGHT_SEED`, or a fresh seed, and prints it.
    pub(crate) fn new(test: &str) -> Self {
        let given = std::env::var("PASSWRIGHT_SEED").ok().map(|seed| seed.parse().expect("a seed is a number"));
        let seed =
            given.unwrap_or_else(|| u64::from_le_bytes(passwright_vault::random::random_16()[..8].try_into().unwrap()));
        println!("{test}: PASSWRIGHT_SEED={seed}");
        Self(seed | 1)
    }

    /// A generator of its own for a task that runs beside others.
    pub(crate) fn fork(&mut self) -> Self {
        Self(self.next() | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 to `end` - 1.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 11) % end
    }

    /// Letters and digits.
    pub(crate) fn alphanumeric(&mut self, length: usize) -> String {
        const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length).map(|_| char::from(SIGNS[usize::try_from(self.below(62)).unwrap()])).collect()
    }
}
