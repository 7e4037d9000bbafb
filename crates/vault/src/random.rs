//! Fresh random bytes from AWS-LC's generator (seeded and reseeded by the operating system), for keys, nonces, salts
//! and identifiers. Rules that must be repeatable take their randomness as an argument and do not call this.

use aws_lc_rs::rand;

/// Fills `out` with random bytes.
///
/// Aborts the process when the generator fails: there is no safe way on without randomness, and AWS-LC itself
/// aborts before it would report such a failure.
pub fn fill(out: &mut [u8]) {
    if rand::fill(out).is_err() {
        std::process::abort();
    }
}

/// 16 random bytes: identifiers and salts.
#[must_use]
pub fn random_16() -> [u8; 16] {
    let mut bytes = [0; 16];
    fill(&mut bytes);
    bytes
}

/// 32 random bytes: 256-bit tokens and secrets.
#[must_use]
pub fn random_32() -> [u8; 32] {
    let mut bytes = [0; 32];
    fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn draws_differ() {
        let drawn: HashSet<[u8; 16]> = (0..1_000).map(|_| super::random_16()).collect();
        assert_eq!(drawn.len(), 1_000);
        assert_ne!(super::random_32(), super::random_32());
    }
}
