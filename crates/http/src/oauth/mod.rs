//! OAuth 2.0 on the wire. What a grant is worth is `app`'s to say.

mod form;
mod metadata;
mod token;

pub(crate) use metadata::{get_jwks, get_oauth_info, get_server_metadata};
pub(crate) use token::create_token;
