//! Identifiers. Each kind is its own type; the text form is the wire's: 32 lower-case hex digits, or a UUID with dashes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The text is not an identifier of the wanted form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an identifier")
    }
}

impl std::error::Error for InvalidId {}

fn is_hex32(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

fn hex32(random: [u8; 16]) -> String {
    uuid::Uuid::from_bytes(random).simple().to_string()
}

fn uuid_text(random: [u8; 16]) -> String {
    uuid::Builder::from_random_bytes(random).into_uuid().hyphenated().to_string()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $valid:ident, $make:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Makes an identifier from 16 bytes that no other has: random, or a time and random ones.
            #[must_use]
            pub fn from_random(random: [u8; 16]) -> Self {
                Self($make(random))
            }

            /// The text form used on the wire and in the database.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if $valid(text) { Ok(Self(text.to_owned())) } else { Err(InvalidId) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                if $valid(&text) { Ok(Self(text)) } else { Err(InvalidId) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

id!(/// A person.
    IdentityId, is_hex32, hex32);
id!(/// A connected system.
    SourceId, is_hex32, hex32);
id!(/// An identity's account on a source; not the native identity.
    AccountId, is_hex32, hex32);
id!(/// An application that uses a source's accounts.
    ApplicationId, is_hex32, hex32);
id!(/// A password policy.
    PolicyId, is_hex32, hex32);
id!(/// One reading of the accounts of a source: the wire's task.
    AggregationId, is_hex32, hex32);
id!(/// A schema of a source.
    SourceSchemaId, is_hex32, hex32);
id!(/// One accepted password change: the wire's `requestId`.
    PasswordChangeId, is_hex32, hex32);
id!(/// A personal access token; also its OAuth client id.
    PersonalAccessTokenId, is_hex32, hex32);
id!(/// A password sync group.
    PasswordGroupId, is_uuid, uuid_text);
id!(/// A digit token request.
    DigitTokenId, is_uuid, uuid_text);
id!(/// An API client: its OAuth client id.
    ApiClientId, is_uuid, uuid_text);
id!(/// A webhook.
    WebhookId, is_uuid, uuid_text);
id!(/// An RSA key pair.
    RsaKeyId, is_uuid, uuid_text);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms() {
        assert_eq!(IdentityId::from_random([0xab; 16]).as_str(), "ab".repeat(16));
        assert!("AB".repeat(16).parse::<IdentityId>().is_err());
        assert!("ab".repeat(15).parse::<IdentityId>().is_err());
        let group = PasswordGroupId::from_random([7; 16]);
        assert_eq!(group.as_str().parse::<PasswordGroupId>(), Ok(group.clone()));
        assert!(group.as_str().parse::<IdentityId>().is_err());
        assert!(serde_json::from_str::<IdentityId>("5").is_err());
    }
}
