//! OAuth 2.0 on the wire. What a grant is worth is `app`'s to say.

mod authorize;
mod form;
mod metadata;
mod revoke;
mod token;

pub(crate) use authorize::{get_authorize, post_authorize};
pub(crate) use metadata::{get_jwks, get_oauth_info, get_server_metadata};
pub(crate) use revoke::revoke_token;
pub(crate) use token::create_token;
