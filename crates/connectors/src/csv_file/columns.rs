//! What the columns of a file mean.

use std::collections::BTreeMap;

use csv::StringRecord;
use passwright_domain::directory::is_secret_attribute;

use crate::aggregate::{ReadAccount, keeps};

/// The display name where no schema says which column it is; the first that there is.
const NAMES: [&str; 3] = ["account_name", "displayName", "name"];
/// The vendor's name of the column is one of them.
const DISABLED: [&str; 2] = ["disabled", "IIQDisabled"];
const LOCKED: [&str; 2] = ["locked", "IIQLocked"];

/// Where things stand in a line.
#[derive(Debug)]
pub(super) struct Columns {
    key: usize,
    name: Option<usize>,
    disabled: Option<usize>,
    locked: Option<usize>,
    attributes: Vec<(usize, String)>,
}

impl Columns {
    /// Reads the first line. `key` and `name` are the columns of the native identity, otherwise the first one, and of the
    /// display name.
    ///
    /// # Errors
    /// A sentence that names the column.
    pub(super) fn read(header: &StringRecord, key: Option<&str>, name: Option<&str>) -> Result<Self, String> {
        let header: Vec<&str> = header.iter().map(str::trim).collect();
        if header.is_empty() {
            return Err("it does not name the columns".to_owned());
        }
        let find = |wanted: &str| header.iter().position(|column| column.eq_ignore_ascii_case(wanted));
        for (index, column) in header.iter().enumerate() {
            if column.is_empty() {
                return Err(format!("column {} has no name", index + 1));
            }
            if find(column) != Some(index) {
                return Err(format!("the column \"{column}\" is there twice"));
            }
        }
        let first = |names: &[&str]| names.iter().find_map(|name| find(name));
        let (disabled, locked) = (first(&DISABLED), first(&LOCKED));
        let key = match key {
            Some(column) => find(column).ok_or_else(|| format!("the column \"{column}\" is missing"))?,
            None => 0,
        };
        let states = [disabled, locked];
        let kept = header.iter().enumerate();
        let kept = kept.filter(|(index, name)| !states.contains(&Some(*index)) && !is_secret_attribute(name));
        Ok(Self {
            key,
            name: name.map_or_else(|| first(&NAMES), find),
            disabled,
            locked,
            attributes: kept.map(|(index, name)| (index, (*name).to_owned())).collect(),
        })
    }

    /// The account of a line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn account(&self, line: &StringRecord) -> Result<ReadAccount, String> {
        let field = |index: usize| line.get(index).map(str::trim).filter(|value| !value.is_empty());
        let key = field(self.key).filter(|key| keeps(key)).ok_or("the account has no native identity")?.to_owned();
        let name = self.name.and_then(field).filter(|name| keeps(name)).unwrap_or(&key).to_owned();
        let flag = |index: Option<usize>| index.and_then(field).map(flag).transpose();
        let (disabled, locked) = (flag(self.disabled)?, flag(self.locked)?);
        let given = self.attributes.iter().filter_map(|(index, name)| Some((name, field(*index)?)));
        let attributes: BTreeMap<_, _> = given
            .filter(|(_, value)| keeps(value))
            .map(|(name, value)| (name.clone(), vec![value.to_owned()]))
            .collect();
        Ok(ReadAccount { native_identity: key, uuid: None, name, attributes, disabled, locked })
    }
}

fn flag(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err("a state is neither true nor false".to_owned()),
    }
}
