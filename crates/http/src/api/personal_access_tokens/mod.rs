//! `/personal-access-tokens`, in every path family.

mod create_personal_access_token;
mod delete_personal_access_token;
mod list_personal_access_tokens;
mod patch_personal_access_token;

pub(crate) use create_personal_access_token::create_personal_access_token;
pub(crate) use delete_personal_access_token::delete_personal_access_token;
pub(crate) use list_personal_access_tokens::list_personal_access_tokens;
pub(crate) use patch_personal_access_token::patch_personal_access_token;

use passwright_app::passwords::rfc3339;
use passwright_app::personal_access_tokens::{NEVER, OwnedToken};
use passwright_wire::personal_access_token::{PersonalAccessToken, TokenOwner};

fn encode(OwnedToken { token, owner_name }: OwnedToken) -> PersonalAccessToken {
    let never = token.expires_at == NEVER;
    PersonalAccessToken {
        id: token.id.to_string(),
        name: token.name,
        scope: token.scopes.iter().map(ToOwned::to_owned).collect(),
        owner: owner(token.owner_id.to_string(), owner_name),
        created: rfc3339(token.created_at),
        last_used: token.last_used_at.map(rfc3339),
        managed: false,
        access_token_validity_seconds: token.token_seconds,
        expiration_date: (!never).then(|| rfc3339(token.expires_at)),
        user_aware_token_never_expires: never,
    }
}

fn owner(id: String, name: String) -> TokenOwner {
    TokenOwner { kind: "IDENTITY".to_owned(), id, name }
}
