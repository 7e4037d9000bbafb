use super::*;

const DRAWS: u32 = 1_000_000;

/// A seeded generator (SplitMix64); good enough to be uniform, of no other worth.
fn generator(mut state: u64) -> impl FnMut(&mut [u8]) {
    move |buffer| {
        for chunk in buffer.chunks_mut(8) {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

fn length(n: i64) -> DigitTokenLength {
    DigitTokenLength::try_from(n).unwrap()
}

/// Whether the counts fit equal chances: chi-square below its 99.9 % point (Wilson and Hilferty's approximation).
fn is_uniform(counts: &[u32]) -> bool {
    let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    let chi_square: f64 = counts.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
    let freedom = (counts.len() - 1) as f64;
    let spread = 2.0 / (9.0 * freedom);
    chi_square < freedom * (1.0 - spread + 3.0902 * spread.sqrt()).powi(3)
}

/// Counts 10^6 tokens by their first three digits, their last three, and each digit by its place; all must be uniform.
fn passes(n: usize, mut draw: impl FnMut() -> String) -> bool {
    let (mut first, mut last, mut places) = (vec![0; 1000], vec![0; 1000], vec![vec![0; 10]; n]);
    for _ in 0..DRAWS {
        let token = draw();
        assert_eq!(token.len(), n);
        first[token[..3].parse::<usize>().unwrap()] += 1;
        last[token[n - 3..].parse::<usize>().unwrap()] += 1;
        for (place, digit) in token.bytes().enumerate() {
            places[place][usize::from(digit - b'0')] += 1;
        }
    }
    is_uniform(&first) && is_uniform(&last) && places.iter().all(|counts| is_uniform(counts))
}

#[test]
fn tokens_are_uniform() {
    for n in [6, 18] {
        let mut fill = generator(0x5eed);
        assert!(passes(n, || digits(length(i64::try_from(n).unwrap()), &mut fill)), "{n}");
    }
}

#[test]
fn biased_tokens_are_found() {
    // Each digit is a byte modulo 10: 0 to 5 come 26 times in 256, 6 to 9 come 25 times.
    let mut fill = generator(0x5eed);
    let byte_wise = || {
        let mut bytes = [0; 6];
        fill(&mut bytes);
        bytes.iter().map(|byte| char::from(b'0' + byte % 10)).collect::<String>()
    };
    assert!(!passes(6, byte_wise));
    // The same draw as ours, but without throwing any away.
    let mut fill = generator(0x5eed);
    let without_rejection = || {
        let mut bytes = [0; 8];
        fill(&mut bytes);
        format!("{:018}", u64::from_le_bytes(bytes) % 10_u64.pow(18))
    };
    assert!(!passes(18, without_rejection));
    // No leading zero.
    let mut fill = generator(0x5eed);
    let from_100000 = || {
        let mut bytes = [0; 8];
        fill(&mut bytes);
        (100_000 + u64::from_le_bytes(bytes) % 900_000).to_string()
    };
    assert!(!passes(6, from_100000));
}

#[test]
fn zeros_are_kept_and_unfair_draws_thrown_away() {
    for n in 6..=18 {
        let wide = usize::try_from(n).unwrap();
        assert_eq!(digits(length(n), &mut |buffer| buffer.fill(0)), "0".repeat(wide));
        let mut draws = 0;
        let token = digits(length(n), &mut |buffer| {
            draws += 1;
            buffer.fill(if draws < 4 { 0xff } else { 0 });
            buffer[0] = if draws < 4 { 0xff } else { 7 };
        });
        assert_eq!((draws, token), (4, format!("{}7", "0".repeat(wide - 1))));
    }
}

#[test]
fn bounds() {
    for (given, ok) in
        [(i64::MIN, false), (-1, false), (0, false), (5, false), (6, true), (18, true), (19, false), (262, false)]
    {
        assert_eq!(DigitTokenLength::try_from(given).is_ok(), ok, "{given}");
    }
    for (given, ok) in [(-1, false), (0, false), (1, true), (60, true), (61, false), (i64::MAX, false)] {
        assert_eq!(DigitTokenMinutes::try_from(given).is_ok(), ok, "{given}");
    }
    assert_eq!(DigitTokenLength::try_from(5).unwrap_err().to_string(), "length 5 is not between 6 and 18");
    assert_eq!(DigitTokenMinutes::try_from(61).unwrap_err().to_string(), "durationMinutes 61 is not between 1 and 60");
    let setting = DigitTokenMinutes::from_field("digitTokenDurationMinutes", 0).unwrap_err();
    assert_eq!(setting.to_string(), "digitTokenDurationMinutes 0 is not between 1 and 60");
    assert_eq!((DigitTokenLength::default().get(), DigitTokenMinutes::default().get()), (6, 5));
    for (minutes, long) in [(5, false), (10, false), (11, true), (60, true)] {
        assert_eq!(DigitTokenMinutes::try_from(minutes).unwrap().is_long(), long);
    }
}

fn token() -> IssuedToken {
    let life = DigitTokenMinutes::default();
    IssuedToken {
        issued_at: Timestamp::from_seconds(1000),
        life,
        failed_guesses: 0,
        is_used: false,
        is_replaced: false,
    }
}

#[test]
fn guesses() {
    let check = |token: IssuedToken, failed_guesses, at_seconds, expected| {
        let day = DayCounts { failed_guesses, tokens: 1 };
        let now = Timestamp::from_seconds(at_seconds);
        assert_eq!(AttemptLimits::default().may_guess(&token, day, now).err(), expected, "{token:?}");
    };
    check(token(), 0, 1000, None);
    check(token(), 0, 1299, None);
    check(token(), 0, 1300, Some(GuessRefusal::Expired));
    check(token(), 0, 999, Some(GuessRefusal::Expired));
    check(IssuedToken { failed_guesses: 4, ..token() }, 4, 1000, None);
    check(IssuedToken { failed_guesses: 5, ..token() }, 5, 1000, Some(GuessRefusal::TooManyAttempts));
    check(token(), 14, 1000, None);
    check(token(), 15, 1000, Some(GuessRefusal::TooManyFailedGuesses));
    check(IssuedToken { is_used: true, ..token() }, 0, 1000, Some(GuessRefusal::Used));
    check(IssuedToken { is_replaced: true, ..token() }, 0, 1000, Some(GuessRefusal::Replaced));
}

#[test]
fn issues() {
    let check = |failed_guesses, tokens, expected| {
        let day = DayCounts { failed_guesses, tokens };
        assert_eq!(AttemptLimits::default().may_issue(day).err(), expected);
    };
    check(0, 0, None);
    check(14, 19, None);
    check(15, 0, Some(IssueRefusal::TooManyFailedGuesses));
    check(0, 20, Some(IssueRefusal::TooManyTokens));
}

/// Whatever the order of asking for tokens and guessing, a day gives at most 15 guesses at wrong codes: with 6 digits a
/// chance of 1.5 in 100,000.
#[test]
fn an_attacker_has_fifteen_guesses_a_day() {
    let limits = AttemptLimits::default();
    for guesses_before_a_new_token in 1..=7 {
        let (mut day, mut guesses) = (DayCounts::default(), 0);
        while limits.may_issue(day).is_ok() {
            day.tokens += 1;
            let mut current = token();
            for _ in 0..guesses_before_a_new_token {
                if limits.may_guess(&current, day, current.issued_at).is_err() {
                    break;
                }
                guesses += 1;
                current.failed_guesses += 1;
                day.failed_guesses += 1;
            }
        }
        assert_eq!(guesses, 15, "{guesses_before_a_new_token}");
    }
}
