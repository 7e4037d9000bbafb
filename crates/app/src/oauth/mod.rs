//! OAuth 2.0: issuing access tokens, recognising and revoking them, and users' sign-ins for clients.

mod authenticate;
mod authorize;
mod issue_token;
mod redeem;

pub use authenticate::TokenCache;
pub use authorize::{AuthorizationFault, AuthorizationRequest, CheckedRequest};
pub use issue_token::{Claims, IssuedToken, TokenFault, TokenRequest};
pub use passwright_vault::secret::{Password, SecretText};
pub use redeem::RevocationRequest;
