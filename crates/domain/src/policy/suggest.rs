//! A random password that satisfies policies, for those who want one made.
//!
//! Characters that are easily taken for one another (`0 O o 1 l I |`) are left out, and so are special characters that
//! keyboards of other countries hide. The result is judged by the rules themselves before it is given out.

use super::context::PolicyContext;
use super::dictionary::Dictionary;
use super::evaluate::evaluate;
use super::merge::merge;
use super::password_policy::PasswordPolicy;
use super::rules::types_hold;

/// Characters of a suggestion where the policies allow as many: about 100 random bits.
const LENGTH: usize = 18;

/// Upper case, lower case, digits, special characters: the order of the policy's types.
const TYPES: [&[u8]; 4] = [b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"abcdefghijkmnpqrstuvwxyz", b"23456789", b"-+=.?!%_"];
/// What the rest is drawn from: no special characters, which are hard to type on a telephone.
const REST: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
/// Draws before there is taken to be no such password.
const ATTEMPTS: usize = 500;

/// A password that breaks no rule of any of `judges`, each a policy with the account it holds for; `None` when none was
/// found. `fill` must fill its buffer from a cryptographic generator.
#[must_use]
pub fn suggest(
    judges: &[(&PasswordPolicy, PolicyContext<'_>)],
    dictionary: Option<&Dictionary>,
    fill: &mut dyn FnMut(&mut [u8]),
) -> Option<String> {
    let policies: Vec<&PasswordPolicy> = judges.iter().map(|(policy, _)| *policy).collect();
    let merged = merge(&policies);
    let wanted = usize::try_from(merged.min_length).unwrap_or(0);
    let most = merged.greatest_length().map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(0));
    let counts = counts(&policies, most)?;
    let needed: usize = counts.iter().sum();
    let length = LENGTH.max(wanted).min(most).max(needed);
    (0..ATTEMPTS).find_map(|_| {
        let mut drawn: Vec<u8> = Vec::with_capacity(length);
        for (count, of) in counts.iter().zip(TYPES) {
            drawn.extend((0..*count).filter_map(|_| of.get(below(of.len(), fill)).copied()));
        }
        while drawn.len() < length {
            drawn.push(*REST.get(below(REST.len(), fill))?);
        }
        for at in (1..drawn.len()).rev() {
            drawn.swap(at, below(at + 1, fill));
        }
        let password = String::from_utf8(drawn).ok()?;
        let holds =
            judges.iter().all(|(policy, context)| evaluate(&[policy], context, dictionary, &password).is_empty());
        holds.then_some(password)
    })
}

/// How many of each type: all four where that fits, else the fewest that satisfy every policy.
fn counts(policies: &[&PasswordPolicy], most: usize) -> Option<[usize; 4]> {
    let letters = policies.iter().map(|policy| policy.min_alpha).max().unwrap_or(0);
    let minima = policies.iter().map(|policy| policy.type_minima()).fold([0; 4], |all, one| {
        let mut out = [0; 4];
        for (to, (a, b)) in out.iter_mut().zip(all.into_iter().zip(one)) {
            *to = a.max(b);
        }
        out
    });
    let plans = (0..16_u8).rev().map(|chosen| {
        let mut counts = [0; 4];
        for (at, (count, minimum)) in counts.iter_mut().zip(minima).enumerate() {
            if chosen & (1 << at) != 0 {
                *count = minimum.max(1);
            }
        }
        let [upper, lower, ..] = counts;
        let [_, lower_case, ..] = &mut counts;
        *lower_case += (letters - upper - lower).max(0);
        counts
    });
    let size = |counts: &[i64; 4]| counts.iter().sum::<i64>();
    let holds = |counts: &[i64; 4]| policies.iter().all(|policy| types_hold(policy, *counts));
    let fits = |counts: &[i64; 4]| usize::try_from(size(counts)).is_ok_and(|size| size <= most);
    let good: Vec<[i64; 4]> = plans.filter(|counts| holds(counts) && fits(counts)).collect();
    // The first has every type, unless the length is too short for that.
    let best = good.first().filter(|first| first.iter().all(|count| *count > 0));
    let best = best.or_else(|| good.iter().min_by_key(|counts| size(counts)))?;
    Some(best.map(|count| usize::try_from(count).unwrap_or(0)))
}

/// A number below `n`, each equally likely; 0 for `n` of 0.
fn below(n: usize, fill: &mut dyn FnMut(&mut [u8])) -> usize {
    let n = u32::try_from(n).unwrap_or(u32::MAX).max(1);
    let fair = u32::MAX / n * n;
    loop {
        let mut bytes = [0; 4];
        fill(&mut bytes);
        let draw = u32::from_le_bytes(bytes);
        if draw < fair {
            return usize::try_from(draw % n).unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SplitMix64: the same draws in every run.
    fn random(seed: u64) -> impl FnMut(&mut [u8]) {
        let mut state = seed;
        move |out: &mut [u8]| {
            for byte in out {
                state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut z = state;
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                *byte = z.to_le_bytes()[7];
            }
        }
    }

    fn suggested(policies: &[&PasswordPolicy], seed: u64) -> Option<String> {
        let judges: Vec<_> = policies.iter().map(|policy| (*policy, PolicyContext::default())).collect();
        suggest(&judges, None, &mut random(seed))
    }

    #[test]
    fn what_is_suggested_satisfies_each_policy() {
        let form = PasswordPolicy::form_defaults("form");
        let strict = PasswordPolicy {
            min_upper: 2,
            min_lower: 3,
            min_special: 2,
            max_repeated_chars: 1,
            max_length: 12,
            ..form.clone()
        };
        let types = PasswordPolicy { min_character_types: 3, max_length: 8, ..form.clone() };
        let long = PasswordPolicy { min_length: 40, ..form.clone() };
        for (policies, length) in [
            (vec![&form], LENGTH),
            (vec![&form, &strict], 12),
            (vec![&strict, &types], 0),
            (vec![&types], 8),
            (vec![&long], 40),
            (vec![], LENGTH),
        ] {
            for seed in 0..50 {
                let password = suggested(&policies, seed);
                if length == 0 {
                    // Upper 2, lower 3, digit 1 and special 2 make the 8 characters that are allowed.
                    assert_eq!(password.map(|text| text.len()), Some(8));
                    continue;
                }
                let password = password.unwrap();
                assert_eq!(password.len(), length, "{password}");
                assert_eq!(evaluate(&policies, &PolicyContext::default(), None, &password), [], "{password}");
            }
        }
    }

    #[test]
    fn nothing_is_suggested_where_nothing_holds() {
        let form = PasswordPolicy::form_defaults("form");
        assert_eq!(suggested(&[&PasswordPolicy { min_upper: 9, max_length: 8, ..form.clone() }], 1), None);
        let words = PasswordPolicy { validate_against_account_name: true, account_name_min_word_length: 1, ..form };
        let context = PolicyContext { account_name: Some("2 3 4 5 6 7 8 9"), ..PolicyContext::default() };
        assert_eq!(suggest(&[(&words, context)], None, &mut random(1)), None, "each digit is a word");
    }

    #[test]
    fn suggestions_differ_and_use_every_character() {
        let form = PasswordPolicy::form_defaults("form");
        let all: std::collections::BTreeSet<String> = (0..300).filter_map(|seed| suggested(&[&form], seed)).collect();
        assert_eq!(all.len(), 300);
        let seen: std::collections::BTreeSet<char> = all.iter().flat_map(|text| text.chars()).collect();
        assert_eq!(seen.len(), REST.len() + TYPES[3].len());
    }
}
