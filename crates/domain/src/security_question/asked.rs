//! Which questions are asked of a name, and what a person may answer.

use std::collections::BTreeSet;

use super::{SecurityQuestion, comparable_answer};

/// So many are asked, and every one has to be answered rightly. With fewer of them in the installation none is asked.
pub const ASKED: usize = 3;
/// Shortest answer that a page takes, in characters: two letters are guessed too soon.
pub const SHORTEST_ANSWER: usize = 3;

/// What is asked of a name: [`ASKED`] of the questions that its person answered, or of all where there is nobody, or somebody with too
/// few answers. `key` belongs to the name and a secret: the same name is asked the same whenever it is given, and nobody can tell from
/// the questions whether there are answers. Empty when there are too few questions.
pub fn asked<'a, K: Ord>(
    all: &'a [SecurityQuestion],
    answered: &BTreeSet<String>,
    key: impl Fn(&str) -> K,
) -> Vec<&'a SecurityQuestion> {
    if all.len() < ASKED {
        return Vec::new();
    }
    let own: Vec<_> = all.iter().filter(|question| answered.contains(&question.id)).collect();
    let mut from = if own.len() < ASKED { all.iter().collect() } else { own };
    from.sort_by_cached_key(|question| key(&question.id));
    from.truncate(ASKED);
    from
}

/// Why answers are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswersFault {
    #[error("more questions must be answered")]
    TooFew,
    #[error("a question is answered twice")]
    Twice,
    #[error("two answers are the same")]
    Alike,
    #[error("an answer is too short, or too long")]
    Length,
}

/// Checks a person's new answers: pairs of a question's id and an answer.
///
/// # Errors
/// The first fault.
pub fn check_answers<'a>(answers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<(), AnswersFault> {
    let (mut questions, mut texts) = (BTreeSet::new(), BTreeSet::new());
    for (question, answer) in answers {
        if !questions.insert(question) {
            return Err(AnswersFault::Twice);
        }
        let text = comparable_answer(answer).filter(|text| text.chars().count() >= SHORTEST_ANSWER);
        if !texts.insert(text.ok_or(AnswersFault::Length)?) {
            return Err(AnswersFault::Alike);
        }
    }
    if questions.len() < ASKED { Err(AnswersFault::TooFew) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(ids: &[&str]) -> Vec<SecurityQuestion> {
        let one = |id: &&str| SecurityQuestion { id: (*id).to_owned(), position: 0, texts: [].into() };
        ids.iter().map(one).collect()
    }

    #[test]
    fn what_is_asked() {
        // The key puts the last letters first.
        let ids = |all: &[&str], answered: &[&str]| -> Vec<String> {
            let answered = answered.iter().map(|id| (*id).to_owned()).collect();
            let key = |id: &str| std::cmp::Reverse(id.to_owned());
            asked(&pool(all), &answered, key).into_iter().map(|question| question.id.clone()).collect()
        };
        for (all, answered, wanted) in [
            (&["a", "b"][..], &["a", "b"][..], &[][..]),
            (&["a", "b", "c"], &[], &["c", "b", "a"]),
            (&["a", "b", "c", "d"], &[], &["d", "c", "b"]),
            (&["a", "b", "c", "d"], &["a", "b"], &["d", "c", "b"]),
            (&["a", "b", "c", "d"], &["a", "b", "c"], &["c", "b", "a"]),
            (&["a", "b", "c", "d", "e"], &["a", "b", "c", "e"], &["e", "c", "b"]),
            (&["a", "b", "c", "d"], &["x", "y", "z"], &["d", "c", "b"]),
        ] {
            assert_eq!(ids(all, answered), wanted, "{all:?} {answered:?}");
        }
    }

    #[test]
    fn what_may_be_answered() {
        use AnswersFault::{Alike, Length, TooFew, Twice};
        let long = "x".repeat(256);
        for (answers, wanted) in [
            (&[("a", "Rex"), ("b", "Golf"), ("c", "Ulm")][..], Ok(())),
            (&[("a", "Rex"), ("b", "Golf"), ("c", "Ulm"), ("d", "Kiel")], Ok(())),
            (&[], Err(TooFew)),
            (&[("a", "Rex"), ("b", "Golf")], Err(TooFew)),
            (&[("a", "Rex"), ("a", "Golf"), ("c", "Ulm")], Err(Twice)),
            (&[("a", "Rex"), ("b", " REX "), ("c", "Ulm")], Err(Alike)),
            (&[("a", "Rex"), ("b", "Go"), ("c", "Ulm")], Err(Length)),
            (&[("a", "Rex"), ("b", "  "), ("c", "Ulm")], Err(Length)),
            (&[("a", "Rex"), ("b", long.as_str()), ("c", "Ulm")], Err(Length)),
        ] {
            assert_eq!(check_answers(answers.iter().copied()), wanted, "{answers:?}");
        }
    }
}
