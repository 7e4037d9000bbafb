//! OAuth 2.0: issuing access tokens (client_credentials) and recognising them.

mod authenticate;
mod issue_token;

pub use authenticate::TokenCache;
pub use issue_token::{Claims, IssuedToken, TokenFault, TokenRequest};
pub use passwright_vault::secret::SecretText;
