//! Whether a database is the one the installation last worked with, or an older copy of it.
//!
//! Database and key folder each keep a [`Mark`]. The database's moves first, so after a crash between the two it is ahead,
//! never behind. Several nodes share the database's mark, and each keeps the last it has seen.

/// How far a mark jumps when an older database is found: so that no other node's mark is ahead of it again.
const EPOCH: i64 = 1_000_000_000;

/// Changes of one account between two restores: 2^40.
const ORDER_BITS: u32 = 40;
const MOST_EPOCHS: i64 = (1 << 22) - 1;

/// A mark: which installation, and a number that only grows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub installation: String,
    pub count: i64,
}

impl Mark {
    /// `installation count`
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} {}", self.installation, self.count)
    }

    /// What is added to the number of a change where a system keeps it and refuses smaller ones: greater after each restore,
    /// so that numbers that are given out again are greater too.
    #[must_use]
    pub fn order_base(&self) -> i64 {
        (self.count / EPOCH).clamp(0, MOST_EPOCHS) << ORDER_BITS
    }

    /// `None` for anything that [`text`](Self::text) does not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (installation, count) = text.trim_end_matches('\n').split_once(' ')?;
        let count = count.parse().ok().filter(|count| *count > 0 && *count < i64::MAX - 2 * EPOCH)?;
        let is_name = !installation.is_empty() && installation.bytes().all(|b| b.is_ascii_alphanumeric());
        is_name.then(|| Self { installation: installation.to_owned(), count })
    }
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    AsItShouldBe,
    /// What is open in the database may have been done since.
    Older,
}

/// Compares the marks and gives the next one. `new_installation` is the name of an installation that has none.
#[must_use]
pub fn compare(database: Option<&Mark>, folder: Option<&Mark>, new_installation: &str) -> (Mark, Found) {
    let mark = |installation: &str, count| Mark { installation: installation.to_owned(), count };
    match (database, folder) {
        (None, None) => (mark(new_installation, 1), Found::AsItShouldBe),
        // A new node, or one whose folder was lost: with the keys in it, so that nothing waiting opens any more.
        (Some(database), None) => (mark(&database.installation, database.count + 1), Found::AsItShouldBe),
        (Some(database), Some(folder))
            if database.installation == folder.installation && database.count >= folder.count =>
        {
            (mark(&database.installation, database.count + 1), Found::AsItShouldBe)
        }
        (database, Some(folder)) => {
            let installation = database.map_or(&folder.installation, |database| &database.installation);
            let highest = folder.count.max(database.map_or(0, |database| database.count));
            (mark(installation, (highest / EPOCH + 1) * EPOCH), Found::Older)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(installation: &str, count: i64) -> Option<Mark> {
        Some(Mark { installation: installation.to_owned(), count })
    }

    #[test]
    fn marks_are_compared() {
        use Found::{AsItShouldBe, Older};
        let cases = [
            (None, None, mark("new", 1), AsItShouldBe),
            (mark("a", 5), mark("a", 5), mark("a", 6), AsItShouldBe),
            // A crash between database and folder, or other nodes that went on.
            (mark("a", 9), mark("a", 5), mark("a", 10), AsItShouldBe),
            (mark("a", 5), None, mark("a", 6), AsItShouldBe),
            (mark("a", 4), mark("a", 5), mark("a", EPOCH), Older),
            (None, mark("a", 5), mark("a", EPOCH), Older),
            (mark("b", 900), mark("a", 5), mark("b", EPOCH), Older),
            (mark("a", EPOCH + 3), mark("a", EPOCH + 4), mark("a", 2 * EPOCH), Older),
        ];
        for (database, folder, next, found) in cases {
            let (given, what) = compare(database.as_ref(), folder.as_ref(), "new");
            assert_eq!((Some(given), what), (next, found), "{database:?} {folder:?}");
        }
    }

    /// A node finds the older database; the others, whose marks were ahead of it too, do not find it again.
    #[test]
    fn a_restore_is_found_once() {
        let (mark_after, found) = compare(mark("a", 4).as_ref(), mark("a", 50).as_ref(), "");
        assert_eq!(found, Found::Older);
        let (_, found) = compare(Some(&mark_after), mark("a", 90).as_ref(), "");
        assert_eq!(found, Found::AsItShouldBe);
    }

    #[test]
    fn numbers_grow_over_a_restore() {
        let base = |count| mark("a", count).unwrap().order_base();
        assert_eq!((base(1), base(EPOCH - 1)), (0, 0));
        assert!(base(EPOCH) > 1_000_000_000_000);
        assert!(base(2 * EPOCH) > base(EPOCH) + 1_000_000_000_000);
        assert!(base(i64::MAX) > 0);
    }

    #[test]
    fn texts() {
        let written = mark("00ff", 12).unwrap();
        assert_eq!(Mark::parse(&written.text()), Some(written.clone()));
        assert_eq!(Mark::parse("00ff 12\n"), Some(written));
        for text in ["", "00ff", "00ff ", "00ff x", "00ff 0", "00ff -3", " 12", "a b 12", "00ff 9223372036854775807"] {
            assert_eq!(Mark::parse(text), None, "{text:?}");
        }
    }
}
