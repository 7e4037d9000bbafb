//! Checks a password against a stored hash, whichever scheme it is of.

use super::{HashError, argon2id, bcrypt, sha512_crypt};

type Check = fn(&str, &str) -> Result<bool, HashError>;

/// Verifies the password. The scheme is read from the hash: `$argon2id$`, `$argon2i$`, `$argon2d$`, `$2a$`, `$2b$`, `$2y$`
/// or `$6$`, also behind the scheme name some applications put in front, such as `{bcrypt}`, `{ARGON2ID}` or `{CRYPT}`.
/// Blocks for up to seconds: see [`super::background`].
///
/// # Errors
/// `UnknownForm` for any other text, `TooMuchWork` when its parameters pass our bounds.
pub fn verify(stored: &str, password: &str) -> Result<bool, HashError> {
    let (name, hash) = match stored.strip_prefix('{') {
        Some(rest) => {
            let (name, hash) = rest.split_once('}').ok_or(HashError::UnknownForm)?;
            (Some(name.to_ascii_lowercase()), hash)
        }
        None => (None, stored),
    };
    let id = hash.strip_prefix('$').and_then(|rest| rest.split('$').next()).ok_or(HashError::UnknownForm)?;
    let (check, names): (Check, &[&str]) = match id {
        "argon2id" | "argon2i" | "argon2d" => (argon2id::verify, &["argon2", "argon2id", "argon2i", "argon2d"]),
        "2a" | "2b" | "2y" => (bcrypt::verify, &["bcrypt", "blf-crypt", "crypt"]),
        "6" => (sha512_crypt::verify, &["sha512-crypt", "crypt"]),
        _ => return Err(HashError::UnknownForm),
    };
    if name.is_some_and(|name| !names.contains(&name.as_str())) {
        return Err(HashError::UnknownForm);
    }
    check(hash, password)
}

#[cfg(test)]
mod tests {
    use super::super::{Argon2id, Bcrypt, BcryptVersion, HashScheme, Sha512Crypt};
    use super::*;

    /// From the reference text of SHA-crypt (Drepper), from the argon2 reference command line and from jBCrypt's tests.
    const KNOWN: [(&str, &str); 4] = [
        (
            "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
            "Hello world!",
        ),
        (
            "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
            "Hello world!",
        ),
        ("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password"),
        ("$2a$08$HqWuK6/Ng6sg9gQzbLrgb.Tl.ZHfXLhvt/SgVyWhQqgqcZ7ZuUtye", ""),
    ];

    #[test]
    fn known_answers() {
        for (hash, password) in KNOWN {
            assert!(verify(hash, password).unwrap(), "{hash}");
            assert!(!verify(hash, &format!("{password} ")).unwrap(), "{hash}");
        }
    }

    #[test]
    fn a_scheme_name_in_front_is_read() {
        let check = |stored: &str, known: bool| match verify(stored, "p") {
            Ok(_) => assert!(known, "{stored}"),
            Err(HashError::UnknownForm) => assert!(!known, "{stored}"),
            Err(other) => panic!("{stored}: {other}"),
        };
        let [_, sha, argon, bcrypt] = KNOWN.map(|(hash, _)| hash);
        check(&format!("{{argon2}}{argon}"), true);
        check(&format!("{{ARGON2ID}}{argon}"), true);
        check(&format!("{{bcrypt}}{bcrypt}"), true);
        check(&format!("{{BLF-CRYPT}}{bcrypt}"), true);
        check(&format!("{{CRYPT}}{sha}"), true);
        check(&format!("{{SHA512-CRYPT}}{sha}"), true);
        check(&format!("{{bcrypt}}{sha}"), false);
        check(&format!("{{SSHA}}{sha}"), false);
        check(&format!("{{}}{sha}"), false);
        check(&format!("{{CRYPT{sha}"), false);
        check("{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", false);
        check("$apr1$TqI9WECO$LHZB2DqRlk9nObiB6vJG9.", false);
        check("$2x$08$HqWuK6/Ng6sg9gQzbLrgb.Tl.ZHfXLhvt/SgVyWhQqgqcZ7ZuUtye", false);
        check("$2b$08$HqWuK6/Ng6sg9gQzbLrgb.Tl.ZHfXLhvt/SgVyWhQqgqcZ7ZuUty", false);
        check("$6$salt$short", false);
        check(
            "$6$rounds=10$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
            false,
        );
        check("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ", false);
        check("p", false);
        check("", false);
        check("é{$", false);
    }

    #[test]
    fn a_stored_hash_cannot_ask_for_any_amount_of_work() {
        for stored in [
            "$6$rounds=999999999$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
            "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=65536,t=4000000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$2b$31$HqWuK6/Ng6sg9gQzbLrgb.Tl.ZHfXLhvt/SgVyWhQqgqcZ7ZuUtye",
        ] {
            assert!(matches!(verify(stored, "p"), Err(HashError::TooMuchWork)), "{stored}");
        }
    }

    #[test]
    fn own_hashes_round_trip_under_fresh_salts() {
        for (scheme, start) in [
            (
                HashScheme::Argon2id(Argon2id { memory_kib: 7_168, iterations: 1, parallelism: 2 }),
                "$argon2id$v=19$m=7168,t=1,p=2$",
            ),
            (HashScheme::Bcrypt(Bcrypt { cost: 8, version: BcryptVersion::TwoB }), "$2b$08$"),
            (HashScheme::Bcrypt(Bcrypt { cost: 8, version: BcryptVersion::TwoY }), "$2y$08$"),
            (HashScheme::Bcrypt(Bcrypt { cost: 8, version: BcryptVersion::TwoA }), "$2a$08$"),
            (HashScheme::Sha512Crypt(Sha512Crypt { rounds: 5_000 }), "$6$rounds=5000$"),
        ] {
            let first = scheme.hash("pass wörd").unwrap();
            let second = scheme.hash("pass wörd").unwrap();
            assert!(first.starts_with(start), "{}", *first);
            assert_ne!(*first, *second);
            assert!(verify(&first, "pass wörd").unwrap());
            assert!(!verify(&first, "pass word").unwrap());
            assert!(!verify(&first, "").unwrap());
        }
    }

    #[test]
    fn bcrypt_never_accepts_past_its_72_bytes() {
        let scheme = HashScheme::Bcrypt(Bcrypt { cost: 8, ..Bcrypt::default() });
        let whole = "x".repeat(72);
        let hash = scheme.hash(&whole).unwrap();
        assert!(verify(&hash, &whole).unwrap());
        assert!(!verify(&hash, &"x".repeat(71)).unwrap());
        assert!(!verify(&hash, &"x".repeat(73)).unwrap());
    }
}
