//! What a form of ours, or a query string, says.

use passwright_app::oauth::SecretText;

use crate::multipart;

/// More fields than any form has.
const MOST: usize = 200;

/// Fields in their order; a name may come several times. Each value is wiped at the end: some are passwords.
#[derive(Default)]
pub(crate) struct Form {
    fields: Vec<(String, SecretText)>,
    files: Vec<(String, Vec<u8>)>,
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`; what is too much is left out.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let fields = form_urlencoded::parse(text).take(MOST);
        let fields = fields.map(|(name, value)| (name.into_owned(), SecretText::new(value.into_owned()))).collect();
        Self { fields, files: Vec::new() }
    }

    /// Reads `multipart/form-data`, as forms with a file are sent; what cannot be read is left out.
    pub(crate) fn parse_parts(content_type: &str, body: &[u8]) -> Self {
        let mut form = Self::default();
        for part in multipart::parts(content_type, body).unwrap_or_default().into_iter().take(MOST) {
            match (part.file_name, std::str::from_utf8(part.content)) {
                (Some(_), _) => form.files.push((part.name, part.content.to_vec())),
                (None, Ok(text)) => form.fields.push((part.name, SecretText::new(text.to_owned()))),
                (None, Err(_)) => {}
            }
        }
        form
    }

    /// A file that was chosen; none was when it is empty.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        let (_, content) = self.files.iter().find(|(known, _)| known == name)?;
        (!content.is_empty()).then_some(content)
    }

    /// The only value of a name; empty when there is none, or more than one.
    pub(crate) fn text(&self, name: &str) -> &str {
        let mut values = self.fields.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => value.expose(),
            _ => "",
        }
    }

    /// Whether a name is there at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }

    /// Every value of a name.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.expose().to_owned()).collect()
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

    #[test]
    fn fields_and_a_file() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\nabc\r\n--b\r\nContent-Disposition: form-data; \
            name=\"logo\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--b\r\nContent-Disposition: form-data; \
            name=\"none\"; filename=\"\"\r\n\r\n\r\n--b--\r\n";
        let form = Form::parse_parts("multipart/form-data; boundary=b", body);
        assert_eq!(form.text("form"), "abc");
        assert_eq!((form.file("logo"), form.file("none"), form.file("form")), (Some(&b"\x89PNG"[..]), None, None));
        assert!(!Form::parse_parts("multipart/form-data; boundary=other", body).has("form"));
    }
}
