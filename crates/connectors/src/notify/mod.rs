//! Ways to tell people and programs: webhooks and mail; and those who are asked about a person. One call sends one message once; when to send again is the
//! caller's to decide.

pub mod mail;
mod networks;
pub mod provider;
mod resolve;
pub mod third_party;
pub mod webhook;

pub use networks::{InvalidNetwork, Network, Networks};
pub use resolve::{Addresses, Resolve, SystemResolver};
