//! The parameters of a token request, gathered from the query string and the body.

use passwright_app::oauth::{SecretText, TokenFault, TokenRequest};

/// More parameters than any grant has.
const MOST_PARAMETERS: usize = 32;

/// Parameters seen so far. A name may come once, wherever it stands (RFC 6749 section 3.2).
#[derive(Default)]
pub(super) struct TokenForm {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<SecretText>,
    names: Vec<String>,
}

impl TokenForm {
    /// Adds the parameters of a query string or of a body of type `application/x-www-form-urlencoded`.
    pub(super) fn add_urlencoded(&mut self, text: &[u8]) -> Result<(), TokenFault> {
        for (name, value) in form_urlencoded::parse(text) {
            self.add(name.into_owned(), value.into_owned())?;
        }
        Ok(())
    }

    /// Adds a parameter. One without a value counts as absent, unknown ones are ignored (RFC 6749 section 3.2).
    pub(super) fn add(&mut self, name: String, value: String) -> Result<(), TokenFault> {
        // A secret is wiped on every way out.
        let value = SecretText::new(value);
        if self.names.contains(&name) {
            return Err(TokenFault::InvalidRequest("a parameter is given twice"));
        }
        if self.names.len() == MOST_PARAMETERS {
            return Err(TokenFault::InvalidRequest("there are too many parameters"));
        }
        if !value.expose().is_empty() {
            match name.as_str() {
                "grant_type" => self.grant_type = Some(value.expose().to_owned()),
                "client_id" => self.client_id = Some(value.expose().to_owned()),
                "client_secret" => self.client_secret = Some(value),
                _ => {}
            }
        }
        self.names.push(name);
        Ok(())
    }

    pub(super) fn into_request(self) -> TokenRequest {
        TokenRequest { grant_type: self.grant_type, client_id: self.client_id, client_secret: self.client_secret }
    }
}
