//! The search operation (RFC 4511 section 4.5), with pages (RFC 2696).

use std::collections::BTreeMap;

use ldap3_proto::control::LdapControl;
use ldap3_proto::proto::{
    LdapPartialAttribute, LdapResult, LdapResultCode, LdapSearchRequest, LdapSearchResultEntry, LdapSearchScope,
};

use crate::answer;
use crate::bind::Identity;
use crate::controls::Controls;
use crate::directory::Directory;
use crate::dn::Dn;
use crate::entry::{self, Entry};
use crate::filetime;
use crate::filter::matches;

/// Most entries in one answer, and in one page; Active Directory's default.
const MAX_ENTRIES: usize = 1000;

/// Entries found, how the search ended, and the control of a paged search.
pub(crate) struct Found {
    pub(crate) entries: Vec<LdapSearchResultEntry>,
    pub(crate) result: LdapResult,
    pub(crate) control: Option<LdapControl>,
}

impl Found {
    fn nothing(result: LdapResult) -> Self {
        Self { entries: Vec::new(), result, control: None }
    }
}

pub(crate) fn search(
    directory: &Directory,
    identity: &Identity,
    request: &LdapSearchRequest,
    controls: Controls,
) -> Found {
    if request.base.is_empty() && request.scope == LdapSearchScope::Base {
        let root = entry::root(directory);
        let entries = if matches(&request.filter, &root) { vec![show(root, request)] } else { Vec::new() };
        return Found { entries, result: answer::success(), control: None };
    }
    if *identity == Identity::Anonymous {
        return Found::nothing(answer::bind_needed());
    }
    let base = match find_base(directory, &request.base) {
        Ok(base) => base,
        Err(result) => return Found::nothing(result),
    };
    let hits = collect(directory, request, &base);
    let asked = usize::try_from(request.sizelimit).ok().filter(|limit| *limit != 0);
    match controls.page {
        Some((size, cookie)) => page(hits, request, size, &cookie),
        None => whole(hits, request, asked.map_or(MAX_ENTRIES, |asked| asked.min(MAX_ENTRIES))),
    }
}

/// The base as a name, also from the form `<GUID=...>`.
fn find_base(directory: &Directory, text: &str) -> Result<Dn, LdapResult> {
    let gone = || answer::no_such_object("0000208D");
    let lower = text.to_ascii_lowercase();
    if let Some(guid) = lower.strip_prefix("<guid=").and_then(|rest| rest.strip_suffix('>')) {
        let guid = read_guid(guid).ok_or_else(answer::bad_dn)?;
        let found = |users: &BTreeMap<Dn, crate::user::User>| {
            users.iter().find(|(_, user)| user.guid == guid).map(|(dn, _)| dn.clone())
        };
        return directory.store.read(found).ok_or_else(gone);
    }
    let base = Dn::parse(text).ok_or_else(answer::bad_dn)?;
    let known = directory.containers.contains_key(&base)
        || base == directory.service
        || directory.store.read(|users| users.contains_key(&base));
    if known { Ok(base) } else { Err(gone()) }
}

/// With hyphens it is the printed form; without, the octets of `objectGUID` in their order.
fn read_guid(text: &str) -> Option<uuid::Uuid> {
    let guid = uuid::Uuid::try_parse(text).ok()?;
    Some(if text.contains('-') { guid } else { uuid::Uuid::from_bytes_le(guid.into_bytes()) })
}

/// The entries in scope that fit the filter, in the order of their names.
fn collect(directory: &Directory, request: &LdapSearchRequest, base: &Dn) -> BTreeMap<Dn, Entry> {
    let in_scope = |dn: &Dn| match request.scope {
        LdapSearchScope::Base => dn == base,
        LdapSearchScope::OneLevel => dn.parent().as_ref() == Some(base),
        LdapSearchScope::Subtree => dn.is_within(base),
        LdapSearchScope::Children => dn != base && dn.is_within(base),
    };
    let mut hits = BTreeMap::new();
    let mut consider = |dn: &Dn, entry: Entry| {
        if matches(&request.filter, &entry) {
            hits.insert(dn.clone(), entry);
        }
    };
    for (dn, text) in directory.containers.iter().filter(|(dn, _)| in_scope(dn)) {
        consider(dn, entry::container(directory, dn, text));
    }
    if in_scope(&directory.service) {
        consider(&directory.service, entry::service(directory));
    }
    let now = filetime::now();
    directory.store.read(|users| {
        if request.scope == LdapSearchScope::Base {
            // The common case by far: no walk over all users.
            users.get(base).into_iter().for_each(|user| consider(base, entry::user(directory, user, now)));
            return;
        }
        for (dn, user) in users.iter().filter(|(dn, _)| in_scope(dn)) {
            consider(dn, entry::user(directory, user, now));
        }
    });
    hits
}

fn whole(hits: BTreeMap<Dn, Entry>, request: &LdapSearchRequest, limit: usize) -> Found {
    let result = if hits.len() > limit {
        answer::result(LdapResultCode::SizeLimitExceeded, "00002023: more entries than one answer may hold")
    } else {
        answer::success()
    };
    let entries = hits.into_values().take(limit).map(|entry| show(entry, request)).collect();
    Found { entries, result, control: None }
}

/// One page; the cookie is the name of its last entry, so a page stays valid while entries change.
fn page(hits: BTreeMap<Dn, Entry>, request: &LdapSearchRequest, size: usize, cookie: &[u8]) -> Found {
    let after = match std::str::from_utf8(cookie).ok().and_then(Dn::parse_cookie) {
        Some(after) => after,
        None => return Found::nothing(answer::unwilling("00000057: the cookie is not one of this server")),
    };
    let rest: Vec<_> = hits.into_iter().filter(|(dn, _)| after.as_ref().is_none_or(|after| dn > after)).collect();
    let size = size.min(MAX_ENTRIES);
    let cookie = match rest.get(size.wrapping_sub(1)) {
        Some((last, _)) if rest.len() > size => last.cookie().into_bytes(),
        _ => Vec::new(),
    };
    let entries = rest.into_iter().take(size).map(|(_, entry)| show(entry, request)).collect();
    Found { entries, result: answer::success(), control: Some(LdapControl::SimplePagedResults { size: 0, cookie }) }
}

/// The attributes that were asked for: all when none is named, none for `1.1`, constructed ones by name only.
fn show(entry: Entry, request: &LdapSearchRequest) -> LdapSearchResultEntry {
    let all = request.attrs.is_empty() || request.attrs.iter().any(|name| name == "*");
    let named = |name: &str| request.attrs.iter().any(|asked| asked.eq_ignore_ascii_case(name));
    let attributes = entry
        .attributes
        .into_iter()
        .filter(|attribute| (all && !attribute.constructed) || named(attribute.name))
        .map(|attribute| LdapPartialAttribute {
            atype: attribute.name.to_owned(),
            vals: if request.typesonly { Vec::new() } else { attribute.values },
        })
        .collect();
    LdapSearchResultEntry { dn: entry.dn, attributes }
}
