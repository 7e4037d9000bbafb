//! Test servers, builders and fixtures (development only).

pub mod authenticator;
pub mod ca;
pub mod mail;
pub mod postgres;
mod process;
pub mod require;
pub mod samba;
pub mod scim;
pub mod server;
pub mod slapd;
pub mod third_party;

pub use authenticator::SoftwareAuthenticator;
pub use ca::Ca;
pub use mail::{MailMode, MailServer, ReceivedMail};
pub use postgres::Postgres;
pub use require::require;
pub use samba::Samba;
pub use scim::ScimServer;
pub use server::{Launch, Login, TestServer, signs_in};
pub use slapd::Slapd;
pub use third_party::duo::DuoServer;
pub use third_party::okta::{OktaPerson, OktaServer};
