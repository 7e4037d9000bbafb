//! What a form of ours, or a query string, says.

use passwright_app::oauth::SecretText;

/// More fields than any form has.
const MOST: usize = 200;

/// Fields in their order; a name may come several times. Each value is wiped at the end: some are passwords.
#[derive(Default)]
pub(crate) struct Form(Vec<(String, SecretText)>);

impl Form {
    /// Reads `application/x-www-form-urlencoded`; what is too much is left out.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let fields = form_urlencoded::parse(text).take(MOST);
        Self(fields.map(|(name, value)| (name.into_owned(), SecretText::new(value.into_owned()))).collect())
    }

    /// The only value of a name; empty when there is none, or more than one.
    pub(crate) fn text(&self, name: &str) -> &str {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => value.expose(),
            _ => "",
        }
    }

    /// Whether a name is there at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Every value of a name.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.expose().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        let form = Form::parse(b"row=a&row=b&name=%3Cx%3E+y&empty=");
        assert_eq!(form.all("row"), ["a", "b"]);
        assert_eq!((form.text("row"), form.text("name"), form.text("empty"), form.text("none")), ("", "<x> y", "", ""));
        assert!(form.has("empty") && !form.has("none"));
    }
}
