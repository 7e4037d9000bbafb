use std::collections::BTreeSet;

use passwright_domain::directory::Feature;
use passwright_domain::ids::IdentityId;
use passwright_vault::secret::Password;
use serde_json::{Map, Value};

use super::connection::GivenCredential;
use super::{CREDENTIAL, SourceFields};
use crate::edit::checked_name;
use crate::{Error, Fault};

/// Longest description and credential, in characters.
const LONGEST_TEXT: usize = 2000;

/// What a caller sets of a source, as far as it can be checked by itself.
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) owner: Option<IdentityId>,
    pub(super) features: BTreeSet<Feature>,
    /// `None`: as they are.
    pub(super) settings: Option<Map<String, Value>>,
    pub(super) credential: GivenCredential,
}

impl Wanted {
    /// `absent` is what an absent credential means.
    pub(super) fn of(fields: SourceFields, absent: GivenCredential) -> Result<Self, Error> {
        let name = checked_name("name", fields.name)?;
        let description = fields.description.unwrap_or_default();
        if description.chars().count() > LONGEST_TEXT {
            return Err(Error::bad(
                Fault::OutOfBounds,
                format!("description is longer than {LONGEST_TEXT} characters"),
            ));
        }
        let owner = fields.owner.and_then(|owner| owner.id).filter(|id| !id.is_empty());
        let unknown = |_| Error::bad(Fault::UnknownReference, "owner.id names no such identity");
        let owner = owner.map(|id| id.parse::<IdentityId>().map_err(unknown)).transpose()?;
        let features = fields.features.unwrap_or_default();
        let features = features.into_iter().map(feature).collect::<Result<_, _>>()?;
        let mut settings = fields.connector_attributes;
        let credential = match settings.as_mut().map(|settings| settings.remove(CREDENTIAL)) {
            None => GivenCredential::Keep,
            Some(given) => credential(given, absent)?,
        };
        Ok(Self { name, description, owner, features, settings, credential })
    }
}

fn feature(name: String) -> Result<Feature, Error> {
    let shown: String = name.chars().take(40).collect();
    serde_json::from_value(Value::String(name))
        .map_err(|_| Error::bad(Fault::Illegal, format!("features: \"{shown}\" is not a feature of a source")))
}

fn credential(given: Option<Value>, absent: GivenCredential) -> Result<GivenCredential, Error> {
    match given {
        None => Ok(absent),
        Some(Value::Null) => Ok(GivenCredential::Keep),
        Some(Value::String(text))
            if (1..=LONGEST_TEXT).contains(&text.chars().count()) && !text.contains(['\n', '\r', '\0']) =>
        {
            Ok(GivenCredential::New(Password::new(text)))
        }
        Some(_) => {
            let message =
                format!("connectorAttributes.{CREDENTIAL} must be 1 to {LONGEST_TEXT} characters on one line");
            Err(Error::bad(Fault::Illegal, message))
        }
    }
}
