//! The parameters of a token request, gathered from the query string and the body.

use passwright_app::oauth::{SecretText, TokenFault, TokenRequest};

/// More parameters than any grant has.
const MOST_PARAMETERS: usize = 32;

/// Parameters seen so far. A name may come once, wherever it stands (RFC 6749 section 3.2).
#[derive(Default)]
pub(super) struct TokenForm(Vec<(String, SecretText)>);

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
        if self.0.iter().any(|(known, _)| *known == name) {
            return Err(TokenFault::InvalidRequest("a parameter is given twice"));
        }
        if self.0.len() == MOST_PARAMETERS {
            return Err(TokenFault::InvalidRequest("there are too many parameters"));
        }
        self.0.push((name, value));
        Ok(())
    }

    /// Takes a parameter out.
    pub(super) fn secret(&mut self, name: &str) -> Option<SecretText> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1).filter(|value| !value.expose().is_empty())
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.secret(name).map(|value| value.expose().to_owned())
    }

    pub(super) fn into_request(mut self) -> TokenRequest {
        TokenRequest {
            grant_type: self.text("grant_type"),
            client_id: self.text("client_id"),
            client_secret: self.secret("client_secret"),
            code: self.secret("code"),
            redirect_uri: self.text("redirect_uri"),
            code_verifier: self.secret("code_verifier"),
            refresh_token: self.secret("refresh_token"),
        }
    }
}
