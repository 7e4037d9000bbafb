//! One form for comparing texts without regard to case and width: NFKC, then upper case, then lower case.
//!
//! Going through upper case joins what lower case alone keeps apart: `ß` and `SS`, final and medial sigma, `ſ` and `s`.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// The form for comparing. Erased when dropped, and built without moving, since it may be a password's.
pub(super) fn fold(text: &str) -> Zeroizing<String> {
    if text.is_ascii() {
        let mut form = Zeroizing::new(String::with_capacity(text.len()));
        form.push_str(text);
        form.make_ascii_lowercase();
        return form;
    }
    let mut form = Zeroizing::new(String::with_capacity(folded(text).map(char::len_utf8).sum()));
    folded(text).for_each(|c| form.push(c));
    form
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn table() {
        let check = |text: &str, form: &str| assert_eq!(fold(text).as_str(), form, "{text:?}");
        check("SprinG 1!", "spring 1!");
        check("Straße", "strasse");
        check("STRASSE", "strasse");
        check("ΣΊΣΥΦΟΣ", "σίσυφοσ");
        check("σίσυφος", "σίσυφοσ");
        check("Ｗide", "wide");
        check("\u{212a}elvin", "kelvin");
        check("ſ", "s");
        check("É", "é");
        check("E\u{301}", "é");
        check("ﬁsh", "fish");
    }

    #[test]
    fn the_buffer_never_grows() {
        for text in ["\u{fdfa}\u{fdfa}", "ŉŉŉ", "ΐΐ", "abc"] {
            let form = fold(text);
            assert_eq!(form.capacity(), form.len(), "{text:?}");
        }
    }
}
