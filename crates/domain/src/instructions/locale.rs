use std::fmt;
use std::str::FromStr;

/// A language tag in lower case with hyphens (BCP 47's shape, RFC 5646 section 2.1), or `default`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(String);

impl Locale {
    /// For readers whose own locale has no text.
    #[must_use]
    pub fn default_text() -> Self {
        Self("default".to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text has not the shape of a language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotALocale;

impl FromStr for Locale {
    type Err = NotALocale;

    /// Case does not count, and `_` stands for `-`, as Java writes it.
    fn from_str(text: &str) -> Result<Self, NotALocale> {
        let tag = text.to_ascii_lowercase().replace('_', "-");
        let mut parts = tag.split('-');
        let language = parts.next().unwrap_or_default();
        let alphabetic = (2..=8).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
        let rest = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        if alphabetic && rest && tag.len() <= 35 { Ok(Self(tag)) } else { Err(NotALocale) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for (given, expected) in
            [("en", "en"), ("en_US", "en-us"), ("zh-Hans-CN", "zh-hans-cn"), ("Default", "default")]
        {
            assert_eq!(given.parse::<Locale>().map(|l| l.to_string()).as_deref(), Ok(expected));
        }
        for wrong in ["", "e", "en-", "-en", "en us", "e1", "en-toolongpart", "é", &"en-abc".repeat(9)] {
            assert_eq!(wrong.parse::<Locale>(), Err(NotALocale), "{wrong}");
        }
    }
}
