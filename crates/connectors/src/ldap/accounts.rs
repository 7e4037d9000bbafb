//! Finds an account and reads its state, for both LDAP connectors.

use std::borrow::Cow;

use ldap3::{Scope, SearchEntry, ldap_escape};

use crate::ldap::connection::Directory;
use crate::ldap::faults;
use crate::ldap::request::Search;
use crate::{AccountRef, Fault, FaultClass};

impl Directory {
    /// The distinguished name of an account: its native identity, or what the configured search finds for it.
    ///
    /// Never empty and never the service account: an empty name in a password operation means the caller itself.
    pub(crate) async fn distinguished_name<'a>(&self, account: AccountRef<'a>) -> Result<Cow<'a, str>, Fault> {
        let given = account.native_identity;
        let dn = match &self.endpoint().users {
            _ if is_distinguished_name(given) => Cow::Borrowed(given),
            Some(users) if !given.trim().is_empty() => {
                let filter = users.filter.replacen("{}", &ldap_escape(given), 1);
                Cow::Owned(self.search_one(&users.base, &filter).await?)
            }
            _ => return Err(permanent("the native identity of the account is not a valid name", "not a DN")),
        };
        if dn.trim().eq_ignore_ascii_case(self.endpoint().bind_dn.trim()) {
            return Err(permanent(
                "the service account cannot be an account of the source",
                "native identity = bind_dn",
            ));
        }
        Ok(dn)
    }

    async fn search_one(&self, base: &str, filter: &str) -> Result<String, Fault> {
        // No attribute but the name ("1.1", RFC 4511 section 4.5.1.8).
        let search = Search { base, scope: Scope::Subtree, filter, attributes: &["1.1"] };
        let (entries, result) = self.search(&search).await?;
        if result.rc != 0 && result.rc != 4 {
            return Err(faults::from_result(&result));
        }
        let mut found = entries.into_iter();
        match (found.next(), found.next()) {
            (Some(one), None) if result.rc == 0 => Ok(one.dn),
            (None, _) => Err(permanent("the account does not exist at the source", "search found no entry")),
            _ => Err(permanent("more than one account at the source has this name", "search found several entries")),
        }
    }

    /// Reads attributes of one entry.
    pub(crate) async fn read(&self, dn: &str, attributes: &[&str]) -> Result<SearchEntry, Fault> {
        let search = Search { base: dn, scope: Scope::Base, filter: "(objectClass=*)", attributes };
        let (entries, result) = self.search(&search).await?;
        if result.rc != 0 {
            return Err(faults::from_result(&result));
        }
        entries
            .into_iter()
            .next()
            .ok_or_else(|| permanent("the account does not exist at the source", "search found no entry"))
    }
}

/// Whether the text begins with an attribute type and an equals sign (RFC 4514 section 3), or is one of Active
/// Directory's `<GUID=…>` and `<SID=…>` forms. The server judges the rest.
fn is_distinguished_name(text: &str) -> bool {
    let first = text.trim_start().trim_start_matches('<').split_once('=').map_or("", |(first, _)| first.trim_end());
    !first.is_empty() && first.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
}

/// The first value of an attribute; names are compared without case (RFC 4512 section 2.5).
pub(crate) fn first<'a>(entry: &'a SearchEntry, name: &str) -> Option<&'a str> {
    let (_, values) = entry.attrs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    values.first().map(String::as_str)
}

/// How many values an attribute has.
pub(crate) fn count(entry: &SearchEntry, name: &str) -> usize {
    entry.attrs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or(0, |(_, values)| values.len())
}

fn permanent(reason: &str, detail: &str) -> Fault {
    Fault::new(FaultClass::Permanent, reason, detail)
}

#[cfg(test)]
mod tests {
    use super::is_distinguished_name;

    #[test]
    fn names_are_told_from_distinguished_names() {
        for dn in ["CN=Abby Smith,OU=Austin,DC=acme", " uid = abby,dc=acme", "2.5.4.3=x", "<GUID=1f2e>", "cn="] {
            assert!(is_distinguished_name(dn), "{dn}");
        }
        for name in ["", " ", "abby", "abby@acme.com", "=x", "u7)(uid=*", "*=x", "a b=c", "ACME\\abby", "ü=x"] {
            assert!(!is_distinguished_name(name), "{name}");
        }
    }
}
