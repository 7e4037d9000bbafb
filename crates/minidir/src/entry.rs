//! Entries as a search shows them. No attribute here holds password material.

use crate::controls;
use crate::directory::Directory;
use crate::dn::{self, Dn};
use crate::filetime;
use crate::user::User;

/// Capability numbers: Active Directory, and that of Windows 2000, 2003, 2008, 2008 R2 and 2012.
const CAPABILITIES: [&str; 6] = [
    "1.2.840.113556.1.4.800",
    "1.2.840.113556.1.4.1670",
    "1.2.840.113556.1.4.1791",
    "1.2.840.113556.1.4.1935",
    "1.2.840.113556.1.4.2080",
    "1.2.840.113556.1.4.2237",
];
pub(crate) const WHO_AM_I: &str = "1.3.6.1.4.1.4203.1.11.3";

/// One entry. Attribute names are as the schema writes them.
pub(crate) struct Entry {
    pub(crate) dn: String,
    pub(crate) attributes: Vec<Attribute>,
}

pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) values: Vec<Vec<u8>>,
    /// Shown only when it is asked for by name.
    pub(crate) constructed: bool,
}

impl Entry {
    fn new(dn: &str, classes: &[&str]) -> Self {
        let mut entry = Self { dn: dn.to_owned(), attributes: Vec::new() };
        entry.add("objectClass", classes.iter().copied());
        entry
    }

    fn add<'a>(&mut self, name: &'static str, values: impl IntoIterator<Item = &'a str>) {
        let values: Vec<_> = values.into_iter().map(|value| value.as_bytes().to_vec()).collect();
        if !values.is_empty() {
            self.attributes.push(Attribute { name, values, constructed: false });
        }
    }

    fn add_number(&mut self, name: &'static str, value: i64) {
        self.add(name, [value.to_string().as_str()]);
    }

    /// Values of an attribute; its name is compared without case. Empty when it is not there.
    pub(crate) fn values(&self, name: &str) -> &[Vec<u8>] {
        let found = self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
        found.map_or(&[], |attribute| &attribute.values)
    }
}

/// The entry with the empty name, which says what this server is and can do.
pub(crate) fn root(directory: &Directory) -> Entry {
    let base = directory.base_text.as_str();
    let mut entry = Entry::new("", &["top"]);
    for name in ["namingContexts", "defaultNamingContext", "rootDomainNamingContext"] {
        entry.add(name, [base]);
    }
    entry.add("supportedControl", [controls::POLICY_HINTS, controls::POLICY_HINTS_OLD, controls::PAGED_RESULTS]);
    entry.add("supportedExtension", [WHO_AM_I]);
    entry.add("supportedCapabilities", CAPABILITIES);
    entry.add("supportedLDAPVersion", ["3"]);
    entry.add("vendorName", ["Passwright minidir"]);
    entry.add("vendorVersion", [env!("CARGO_PKG_VERSION")]);
    entry.add("dnsHostName", ["localhost"]);
    entry.add("isSynchronized", ["TRUE"]);
    entry
}

/// The domain head, with the password policy in the domain's own units.
fn domain(directory: &Directory) -> Entry {
    let policy = &directory.policy;
    let mut entry = Entry::new(&directory.base_text, &["top", "domain", "domainDNS"]);
    add_name(&mut entry, &directory.base_text);
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    entry.add_number("minPwdLength", count(policy.min_length));
    entry.add_number("pwdHistoryLength", count(policy.history));
    entry.add_number("pwdProperties", i64::from(policy.complexity));
    entry.add_number("lockoutThreshold", i64::from(policy.lockout_threshold));
    // Lengths of time are negative, as Active Directory stores them.
    entry.add_number("lockoutDuration", -filetime::steps(policy.lockout_duration));
    entry.add_number("lockOutObservationWindow", -filetime::steps(policy.lockout_duration));
    entry.add_number("minPwdAge", 0);
    entry.add_number("maxPwdAge", i64::MIN);
    entry
}

/// The domain head or a container.
pub(crate) fn container(directory: &Directory, dn: &Dn, text: &str) -> Entry {
    if *dn == directory.base {
        return domain(directory);
    }
    let is_unit = dn::first_part(text).is_some_and(|(name, _)| name.eq_ignore_ascii_case("ou"));
    let mut entry = Entry::new(text, &["top", if is_unit { "organizationalUnit" } else { "container" }]);
    add_name(&mut entry, text);
    entry
}

pub(crate) fn service(directory: &Directory) -> Entry {
    let text = directory.service_text.as_str();
    let mut entry = Entry::new(text, &["top", "person", "organizationalPerson", "user"]);
    add_name(&mut entry, text);
    entry
}

pub(crate) fn user(directory: &Directory, user: &User, now: i64) -> Entry {
    let duration = directory.policy.lockout_duration;
    let mut entry = Entry::new(&user.dn, &["top", "person", "organizationalPerson", "user"]);
    add_name(&mut entry, &user.dn);
    entry.add("objectCategory", [format!("CN=Person,CN=Schema,CN=Configuration,{}", directory.base_text).as_str()]);
    entry.add("sAMAccountName", [user.sam_account_name.as_str()]);
    entry.add("userPrincipalName", [user.user_principal_name.as_str()]);
    entry.add("displayName", user.display_name.as_deref());
    entry.add("mail", user.mail.as_deref());
    entry.add("givenName", user.given_name.as_deref());
    entry.add("sn", user.sn.as_deref());
    entry.add_number("userAccountControl", i64::from(user.account_control));
    entry.add_number("accountExpires", user.account_expires);
    entry.add_number("pwdLastSet", user.pwd_last_set);
    entry.add_number("lockoutTime", user.lockout_time);
    entry.add_number("badPwdCount", i64::from(user.bad_pwd_count));
    entry.add_number("badPasswordTime", user.bad_password_time);
    // Microsoft's order: the first three groups with the low byte first.
    let values = vec![user.guid.to_bytes_le().to_vec()];
    entry.attributes.push(Attribute { name: "objectGUID", values, constructed: false });
    entry.add_number("msDS-User-Account-Control-Computed", i64::from(user.computed_control(now, duration)));
    if let Some(attribute) = entry.attributes.last_mut() {
        attribute.constructed = true;
    }
    entry
}

/// The naming attribute, `name` and `distinguishedName`.
fn add_name(entry: &mut Entry, text: &str) {
    if let Some((attribute, value)) = dn::first_part(text) {
        let naming = match attribute.to_ascii_lowercase().as_str() {
            "ou" => "ou",
            "dc" => "dc",
            _ => "cn",
        };
        entry.add(naming, [value.as_str()]);
        entry.add("name", [value.as_str()]);
    }
    entry.add("distinguishedName", [text]);
}
