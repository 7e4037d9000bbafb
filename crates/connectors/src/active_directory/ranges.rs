//! Attributes with more values than a domain controller gives at once (MS-ADTS 3.1.1.3.1.3.3): they come as
//! `memberOf;range=0-1499`, and the rest is asked for by range.

use ldap3::SearchEntry;

use crate::Fault;
use crate::active_directory::ActiveDirectory;
use crate::aggregate::MOST_VALUES;

impl ActiveDirectory {
    /// The entry with every such attribute whole, under its own name.
    pub(super) async fn whole(&self, mut entry: SearchEntry) -> Result<SearchEntry, Fault> {
        let parts: Vec<String> = entry.attrs.keys().filter(|key| range(key).is_some()).cloned().collect();
        for part in parts {
            let Some((name, mut end)) = range(&part) else { continue };
            let mut values = entry.attrs.remove(&part).unwrap_or_default();
            while let Some(last) = end.filter(|_| values.len() < MOST_VALUES) {
                let asked = format!("{name};range={}-*", last + 1);
                let mut rest = self.directory.read(&entry.dn, &[&asked]).await?;
                let key = rest.attrs.keys().find(|key| range(key).is_some_and(|(of, _)| of == name)).cloned();
                // Without an answer to this range there are no more.
                let Some(key) = key else { break };
                let more = rest.attrs.remove(&key).unwrap_or_default();
                let next = range(&key).and_then(|(_, end)| end);
                if more.is_empty() || next.is_some_and(|next| next <= last) {
                    break;
                }
                values.extend(more);
                end = next;
            }
            entry.attrs.insert(name.to_owned(), values);
        }
        Ok(entry)
    }
}

/// Name and last index of `name;range=0-1499`; no last index in the final part, `name;range=1500-*`.
fn range(key: &str) -> Option<(&str, Option<usize>)> {
    let (name, option) = key.split_once(';')?;
    let (word, bounds) = option.split_once('=')?;
    if !word.eq_ignore_ascii_case("range") {
        return None;
    }
    let (_, end) = bounds.split_once('-')?;
    if end == "*" { Some((name, None)) } else { Some((name, Some(end.parse().ok()?))) }
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_are_read() {
        for (key, expected) in [
            ("memberOf;range=0-1499", Some(("memberOf", Some(1499)))),
            ("memberOf;Range=1500-*", Some(("memberOf", None))),
            ("memberOf", None),
            ("userCertificate;binary", None),
            ("memberOf;range=0-x", None),
            ("memberOf;range=0", None),
        ] {
            assert_eq!(range(key), expected, "{key}");
        }
    }
}
