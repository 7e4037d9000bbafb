//! A search that is read page by page (RFC 2696), on a connection of its own: the server keeps the place there.

use std::time::Duration;

use ldap3::{Scope, SearchEntry};

use crate::aggregate::{Cursor, PER_PAGE, Place, lost};
use crate::ldap::connection::Directory;
use crate::ldap::faults;
use crate::ldap::request::Search;
use crate::{Fault, FaultClass};

/// The least time that a server gets for a page: it may have to read thousands of entries from its disk.
const LEAST_TIME: Duration = Duration::from_secs(30);

/// A search between two pages. Its connection closes with it.
pub(crate) struct Pages {
    ldap: ldap3::Ldap,
    base: String,
    filter: String,
    cookie: Vec<u8>,
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages").field("base", &self.base).field("filter", &self.filter).finish_non_exhaustive()
    }
}

impl Directory {
    /// The next page of the accounts, and where the one after it begins. `persons` is the filter where the settings have
    /// none.
    pub(crate) async fn page_of_accounts(
        &self,
        cursor: Option<Cursor>,
        persons: &str,
        attributes: &[&str],
    ) -> Result<(Vec<SearchEntry>, Option<Cursor>), Fault> {
        let mut pages = match cursor.map(|cursor| cursor.0) {
            Some(Place::Pages(pages)) => pages,
            Some(Place::After(_) | Place::File(_)) => return Err(lost("the cursor is not that of a search")),
            None => {
                let (ldap, domain) = self.own_service().await?;
                let (base, filter) = self.endpoint().account_search(domain.as_deref(), persons)?;
                Pages { ldap, base, filter, cookie: Vec::new() }
            }
        };
        let search = Search { base: &pages.base, scope: Scope::Subtree, filter: &pages.filter, attributes };
        let limit = self.endpoint().operation_timeout.max(LEAST_TIME);
        let size = i32::try_from(PER_PAGE).unwrap_or(i32::MAX);
        let asked = (size, std::mem::take(&mut pages.cookie));
        let answer = search.page(&mut pages.ldap, asked, limit).await;
        let (mut entries, result, next) = answer.map_err(|unanswered| unanswered.fault)?;
        if result.rc != 0 {
            return Err(of_the_search(faults::from_result(&result), result.rc));
        }
        // The service account is no account of the source.
        let service = self.endpoint().bind_dn.trim();
        entries.retain(|entry| !entry.dn.trim().eq_ignore_ascii_case(service));
        Ok((entries, next.map(|cookie| Cursor(Place::Pages(Pages { cookie, ..pages })))))
    }
}

/// The sentences of [`faults`] speak of one account; here the whole search is at fault.
fn of_the_search(fault: Fault, code: u32) -> Fault {
    let reason = match code {
        // noSuchObject, invalidDNSyntax
        32 | 34 => "the place where the accounts of the source are searched does not exist",
        // insufficientAccessRights
        50 => "the service account has no right to read the accounts of the source",
        // unavailableCriticalExtension, unwillingToPerform
        12 | 53 => "the source does not give its accounts page by page",
        _ => return fault,
    };
    Fault { class: FaultClass::Configuration, reason: reason.to_owned(), ..fault }
}
