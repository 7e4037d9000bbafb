//! How the accounts of one source are taken in.

use serde::{Deserialize, Serialize};

use super::correlation::CorrelationRule;
use super::identity_mapping::IdentityMapping;

/// The settings of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AggregationSettings {
    /// How many percent of the known accounts may be gone without an administrator's word, 0 to 100.
    pub removal_limit: u8,
    /// Rules in the order in which they are asked; without any, an account that nobody gave to an identity is nobody's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub correlation: Vec<CorrelationRule>,
    /// Of an authoritative source: what its accounts say of their identities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityMapping>,
}

impl Default for AggregationSettings {
    fn default() -> Self {
        Self { correlation: Vec::new(), identity: None, removal_limit: Self::REMOVAL_LIMIT }
    }
}

impl AggregationSettings {
    pub const REMOVAL_LIMIT: u8 = 10;
    pub const MOST_RULES: usize = 16;

    /// Whether anything is set.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong, with the field.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self, authoritative: bool) -> Result<(), (&'static str, String)> {
        if self.removal_limit > 100 {
            return Err(("removal_limit", "is a percentage, 0 to 100".to_owned()));
        }
        if self.correlation.len() > Self::MOST_RULES {
            return Err(("correlation", format!("has more than {} rules", Self::MOST_RULES)));
        }
        if self.correlation.iter().any(|rule| rule.account.trim().is_empty() || rule.identity.trim().is_empty()) {
            return Err(("correlation", "has a rule without an attribute on each side".to_owned()));
        }
        match &self.identity {
            None if authoritative => Err((
                "identity",
                "says which attributes make an identity; it is needed with authoritative = true".to_owned(),
            )),
            Some(_) if !authoritative => Err(("identity", "has a meaning with authoritative = true only".to_owned())),
            Some(mapping) if mapping.alias.trim().is_empty() => {
                Err(("identity", "needs the attribute of the login name, alias".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_name_their_field() {
        let mapping =
            |alias: &str| serde_json::from_value::<IdentityMapping>(serde_json::json!({ "alias": alias })).ok();
        let rule = |account: &str| CorrelationRule {
            account: account.to_owned(),
            identity: "email".to_owned(),
            case_sensitive: false,
        };
        let good = AggregationSettings::default();
        let cases = [
            (good.clone(), false, None),
            (good.clone(), true, Some("identity")),
            (AggregationSettings { identity: mapping("uid"), ..good.clone() }, true, None),
            (AggregationSettings { identity: mapping("uid"), ..good.clone() }, false, Some("identity")),
            (AggregationSettings { identity: mapping(" "), ..good.clone() }, true, Some("identity")),
            (AggregationSettings { removal_limit: 101, ..good.clone() }, false, Some("removal_limit")),
            (AggregationSettings { correlation: vec![rule("mail")], ..good.clone() }, false, None),
            (AggregationSettings { correlation: vec![rule("")], ..good.clone() }, false, Some("correlation")),
            (AggregationSettings { correlation: vec![rule("mail"); 17], ..good }, false, Some("correlation")),
        ];
        for (settings, authoritative, field) in cases {
            let found = settings.check(authoritative).err().map(|(field, _)| field);
            assert_eq!(found, field, "{settings:?} {authoritative}");
        }
    }

    #[test]
    fn short_settings_get_the_defaults() {
        let read = |text: &str| serde_json::from_str::<AggregationSettings>(text);
        assert_eq!(read("{}").unwrap(), AggregationSettings::default());
        assert!(read(r#"{"removal_limits":5}"#).is_err());
        assert!(read(r#"{"correlation":[{"account":"mail","identity":"email"}]}"#).unwrap().removal_limit == 10);
    }
}
