//! How hard a password is to guess, roughly: advice, never a rule.
//!
//! Counted are bits: each character by the kinds of characters that occur, but next to nothing for one that repeats or
//! continues a row (`aaa`, `abc`, `321`, `qwer`), and little for the letters of a word that belongs to the person or the
//! refused words. It is an upper bound: what people choose is easier than it looks.

use super::context::PolicyContext;
use super::dictionary::Dictionary;
use super::fold::fold;
use super::words::contains_word_of;

/// From easiest to hardest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    Weak,
    Fair,
    Good,
    Strong,
}

/// Bits from which a password is fair, good, strong.
const STEPS: [(f64, Strength); 3] = [(80.0, Strength::Strong), (60.0, Strength::Good), (40.0, Strength::Fair)];
/// What a character adds that could be foretold.
const FORETOLD: f64 = 1.0;
/// Rows of keys and of the commonest words that people begin with.
const ROWS: [&str; 6] =
    ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz", "azertyuiop"];
const COMMON: [&str; 10] =
    ["password", "passwort", "welcome", "letmein", "admin", "summer", "winter", "spring", "autumn", "secret"];

/// Judges a password for a person.
#[must_use]
pub fn strength(password: &str, context: &PolicyContext<'_>, dictionary: Option<&Dictionary>) -> Strength {
    let folded = fold(password);
    let per_character = pool(password).log2();
    let mut bits = 0.0;
    let mut before: Option<char> = None;
    let mut seen: Vec<char> = Vec::new();
    for c in folded.chars() {
        let foretold = before.is_some_and(|before| before == c || follows(before, c));
        // One that occurred often already narrows what is left to guess.
        let repeats = seen.iter().filter(|known| **known == c).count();
        bits += if foretold {
            FORETOLD
        } else if repeats > 2 {
            per_character / 2.0
        } else {
            per_character
        };
        before = Some(c);
        seen.push(c);
    }
    let known = COMMON.iter().any(|word| folded.contains(word))
        || dictionary.is_some_and(|dictionary| dictionary.matches(password))
        || context
            .identity_attributes
            .iter()
            .chain(&context.account_attributes)
            .any(|text| contains_word_of(&folded, text, 4));
    if known {
        bits /= 2.0;
    }
    STEPS.iter().find(|(least, _)| bits >= *least).map_or(Strength::Weak, |(_, strength)| *strength)
}

/// Characters of one kind, and whether one is of it.
type Kind = (f64, fn(char) -> bool);

/// How many characters there are of the kinds that occur.
fn pool(password: &str) -> f64 {
    let kinds: [Kind; 5] = [
        (26.0, |c| c.is_ascii_lowercase()),
        (26.0, |c| c.is_ascii_uppercase()),
        (10.0, |c| c.is_ascii_digit()),
        (32.0, |c| c.is_ascii() && !c.is_ascii_alphanumeric()),
        (100.0, |c| !c.is_ascii()),
    ];
    let size: f64 = kinds.iter().filter(|(_, is)| password.chars().any(is)).map(|(size, _)| size).sum();
    size.max(2.0)
}

/// Whether two characters lie side by side in a row.
fn follows(a: char, b: char) -> bool {
    ROWS.iter().any(|row| {
        let at = |c: char| row.chars().position(|other| other == c);
        at(a).zip(at(b)).is_some_and(|(a, b)| a.abs_diff(b) == 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let context = PolicyContext { identity_attributes: vec!["Abby Smith"], ..PolicyContext::default() };
        let dictionary = Dictionary::parse(b"acme").unwrap();
        for (password, wanted) in [
            ("", Strength::Weak),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaa", Strength::Weak),
            ("abcdefghijklmnop1234567890", Strength::Weak),
            ("Password1!", Strength::Weak),
            ("Winter2026!", Strength::Weak),
            ("kT7", Strength::Weak),
            ("kT7-vR2m", Strength::Fair),
            ("AbbySmith-7391", Strength::Fair),
            ("Acme-kT7vR2m", Strength::Weak),
            ("kT7-vR2m-w", Strength::Good),
            ("kT7-vR2m-wQ9x-Hn4p", Strength::Strong),
            ("correct horse battery staple", Strength::Strong),
            ("пароль-из-слов", Strength::Strong),
        ] {
            assert_eq!(strength(password, &context, Some(&dictionary)), wanted, "{password}");
        }
    }

    #[test]
    fn a_longer_password_is_never_called_weaker() {
        let text = "kT7-vR2m-wQ9x-Hn4p-Zz8e";
        let of = |n: usize| strength(&text[..n], &PolicyContext::default(), None);
        for n in 1..text.len() {
            assert!(of(n) <= of(n + 1), "{n}");
        }
    }
}
