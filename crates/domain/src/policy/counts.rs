//! What the counting rules look at: how many characters of which class, and the longest run.
//!
//! A character is a Unicode code point of the password as received: nothing is normalised, because that is what the
//! target stores. Classes:
//! - letter: alphabetic in Unicode, so `ß`, `à` and `漢` count; upper and lower case by Unicode's properties (`漢` is neither);
//! - digit: `0` to `9` only, since the systems behind us that ask for digits know no others;
//! - special: exactly [`SPECIAL`]. The colon and characters outside ASCII are not in it. They are allowed, and count
//!   towards the length alone.

/// The characters that count as special, the space included.
pub const SPECIAL: &str = "~!@#$%^*()/_+-`={}\\|][;?,.&><'\" ";

/// The figures of one password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CharacterCounts {
    pub characters: i64,
    pub letters: i64,
    pub upper: i64,
    pub lower: i64,
    pub digits: i64,
    pub special: i64,
    /// The longest row of one and the same character; case counts.
    pub longest_run: i64,
}

impl CharacterCounts {
    #[must_use]
    pub fn of(password: &str) -> Self {
        let mut counts = Self::default();
        let (mut previous, mut run) = (None, 0);
        for c in password.chars() {
            counts.characters += 1;
            counts.letters += i64::from(c.is_alphabetic());
            counts.upper += i64::from(c.is_uppercase());
            counts.lower += i64::from(c.is_lowercase());
            counts.digits += i64::from(c.is_ascii_digit());
            counts.special += i64::from(is_special(c));
            run = if previous == Some(c) { run + 1 } else { 1 };
            previous = Some(c);
            counts.longest_run = counts.longest_run.max(run);
        }
        counts
    }

    /// The four character types in the order of the policy's minima: upper case, lower case, digits, special.
    pub(super) fn types(&self) -> [i64; 4] {
        [self.upper, self.lower, self.digits, self.special]
    }
}

fn is_special(c: char) -> bool {
    c == ' ' || (c.is_ascii_punctuation() && c != ':')
}

#[cfg(test)]
mod tests {
    use super::{CharacterCounts, SPECIAL, is_special};

    #[test]
    fn the_list_and_the_test_agree() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_special(c), SPECIAL.contains(c), "{c:?}");
        }
    }

    /// Rows: password; characters, letters, upper, lower, digits, special, longest run.
    #[test]
    fn table() {
        let check = |password: &str, [characters, letters, upper, lower, digits, special, longest_run]: [i64; 7]| {
            let expected = CharacterCounts { characters, letters, upper, lower, digits, special, longest_run };
            assert_eq!(CharacterCounts::of(password), expected, "{password:?}");
        };
        check("", [0, 0, 0, 0, 0, 0, 0]);
        check("aB3!", [4, 2, 1, 1, 1, 1, 1]);
        check("aA", [2, 2, 1, 1, 0, 0, 1]);
        check("sss", [3, 3, 0, 3, 0, 0, 3]);
        check("ab  c", [5, 3, 0, 3, 0, 2, 2]);
        check(":::", [3, 0, 0, 0, 0, 0, 3]);
        check("£ßà", [3, 2, 0, 2, 0, 0, 1]);
        check("Ñ", [1, 1, 1, 0, 0, 0, 1]);
        check("漢字", [2, 2, 0, 0, 0, 0, 1]);
        check("٣４", [2, 0, 0, 0, 0, 0, 1]);
        check("😀😀", [2, 0, 0, 0, 0, 0, 2]);
        check("e\u{301}", [2, 1, 0, 1, 0, 0, 1]);
    }
}
