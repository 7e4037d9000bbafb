//! One canonical form for names, used before every look-up and before every count (requirement R42), so that
//! variants of a name in case, width or surrounding space share one identity and one failure counter.

use unicode_normalization::UnicodeNormalization;

/// Trims, applies NFKC, lower-cases, and applies NFKC again (lower-casing can denormalise).
#[must_use]
pub fn canonical(name: &str) -> String {
    folded(name.trim()).trim().to_owned()
}

/// The same without trimming: for a part of a name, whose spaces count.
#[must_use]
pub fn folded(part: &str) -> String {
    let lower: String = part.nfkc().flat_map(char::to_lowercase).collect();
    lower.nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn variants_share_one_form() {
        for variant in ["abby.smith", " Abby.Smith ", "ABBY.SMITH", "ａｂｂｙ.smith", "\u{a0}Abby.Smith\u{3000}"] {
            assert_eq!(canonical(variant), "abby.smith", "{variant:?}");
        }
        assert_ne!(canonical("abby smith"), canonical("abbysmith"));
    }
}
