//! Reading a query string: a parameter may come once, unknown ones are ignored, an empty one is absent.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use passwright_app::{CollectionRequest, Error, Fault};

use crate::error::Failure;

/// The parameters of a query string.
pub(crate) struct Query(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let text = parts.uri.query().unwrap_or_default();
        Ok(Self(form_urlencoded::parse(text.as_bytes()).map(|(k, v)| (k.into_owned(), v.into_owned())).collect()))
    }
}

impl Query {
    /// A parameter's text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        let mut values = self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(illegal(format!("{name} must not be given twice"))),
            (value, None) => Ok(value.filter(|value| !value.is_empty()).cloned()),
        }
    }

    /// A parameter that is `true` or `false`.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Failure> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.to_ascii_lowercase().parse().map(Some).map_err(|_| illegal(format!("{name} must be true or false")))
    }

    /// What is asked of a collection.
    pub(crate) fn collection(&self) -> Result<CollectionRequest, Failure> {
        Ok(CollectionRequest {
            limit: self.number("limit")?,
            offset: self.number("offset")?,
            count: self.boolean("count")?.unwrap_or(false),
            filters: self.text("filters")?,
            sorters: self.text("sorters")?,
        })
    }

    /// A parameter that is a whole number, 0 or more.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Failure> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|_| digits);
        number.map(Some).ok_or_else(|| illegal(format!("{name} must be a whole number")))
    }
}

fn illegal(message: String) -> Failure {
    Failure::App(Error::BadRequest { fault: Fault::Illegal, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters() {
        let query = |text: &str| {
            Query(form_urlencoded::parse(text.as_bytes()).map(|(k, v)| (k.into_owned(), v.into_owned())).collect())
        };
        let given = query("a=%41b&n=0012&e=&x&t=1&t=1&m=-1&p=%2B1&f=1.0&l=99999999999999999999");
        assert_eq!(given.text("a").unwrap().as_deref(), Some("Ab"));
        for absent in ["e", "x", "none"] {
            assert_eq!(given.text(absent).unwrap(), None, "{absent}");
            assert_eq!(given.number(absent).unwrap(), None, "{absent}");
        }
        assert_eq!(given.number("n").unwrap(), Some(12));
        for wrong in ["t", "m", "p", "f", "l", "a"] {
            assert!(given.number(wrong).is_err(), "{wrong}");
        }
        assert!(given.text("t").is_err());
        let given = query("limit=2&offset=4&count=true&filters=name+sw+%22a%22&sorters=-name,id");
        let wanted = CollectionRequest {
            limit: Some(2),
            offset: Some(4),
            count: true,
            filters: Some(r#"name sw "a""#.to_owned()),
            sorters: Some("-name,id".to_owned()),
        };
        assert_eq!(given.collection().unwrap(), wanted);
        assert_eq!(query("").collection().unwrap(), CollectionRequest::default());
        assert!(query("count=1").collection().is_err() && query("limit=-1").collection().is_err());
    }
}
