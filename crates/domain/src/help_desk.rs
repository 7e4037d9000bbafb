//! Whom the help desk may help alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Longest name of an attribute, in characters.
const LONGEST: usize = 100;
/// Values that say no, in any case.
const NO: [&str; 4] = ["", "false", "no", "0"];

/// How the help desk works; kept as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct HelpDeskConfig {
    /// An identity with this attribute is special: a second operator has to agree to every act for it. Empty: nobody is. The
    /// values `false`, `no` and `0` count as if there were none.
    pub special_attribute: String,
}

impl HelpDeskConfig {
    /// Everything that is wrong with it; empty when nothing is.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let name = &self.special_attribute;
        if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
            return vec![format!(
                "specialAttribute must be at most {LONGEST} characters, none of them a control character"
            )];
        }
        Vec::new()
    }

    #[must_use]
    pub fn is_special(&self, attributes: &BTreeMap<String, String>) -> bool {
        if self.special_attribute.is_empty() {
            return false;
        }
        let value = attributes.get(&self.special_attribute).map(|value| value.trim().to_lowercase());
        value.is_some_and(|value| !NO.contains(&value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_special() {
        let config = |name: &str| HelpDeskConfig { special_attribute: name.to_owned() };
        let person = |value: &str| BTreeMap::from([("vip".to_owned(), value.to_owned())]);
        for (name, value, wanted) in [
            ("vip", "true", true),
            ("vip", "board", true),
            ("vip", " No ", false),
            ("vip", "0", false),
            ("vip", "", false),
            ("VIP", "true", false),
            ("other", "true", false),
            ("", "true", false),
        ] {
            assert_eq!(config(name).is_special(&person(value)), wanted, "{name} {value}");
        }
        assert!(config("vip").faults().is_empty() && config("").faults().is_empty());
        assert_eq!((config("a\n").faults().len(), config(&"x".repeat(101)).faults().len()), (1, 1));
    }
}
