//! The operations the connectors send, as values: an operation that was never sent can be sent again.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use ldap3::controls::{ControlType, MakeCritical as _, PagedResults, RawControl};
use ldap3::exop::PasswordModify;
use ldap3::{LdapError, LdapResult, Mod, Scope, SearchEntry};

use crate::Fault;
use crate::ldap::{faults, ppolicy};

/// One operation with one result. Holds passwords by reference only; it has no `Debug`.
pub(crate) enum Request<'a> {
    /// A simple bind. The password is never empty: that would be an anonymous bind (RFC 4513 section 5.1.2).
    Bind {
        dn: &'a str,
        password: &'a str,
    },
    /// RFC 3062. Neither part is ever empty: an empty name would mean the service account itself.
    PasswordModify {
        dn: &'a str,
        new: &'a str,
    },
    Modify {
        dn: &'a str,
        changes: &'a [Change<'a>],
        control: Option<RawControl>,
    },
}

/// One change of one attribute.
pub(crate) enum Change<'a> {
    Add(&'static str, &'a [u8]),
    Delete(&'static str, &'a [u8]),
    Replace(&'static str, &'a [u8]),
    /// Removes the attribute; no error when it is absent (RFC 4511 section 4.6).
    Clear(&'static str),
}

/// An operation without a result.
pub(crate) struct Unanswered {
    /// Whether a byte of the operation may have reached the server.
    pub(crate) sent: bool,
    pub(crate) fault: Fault,
}

impl Request<'_> {
    /// Sends the operation and waits for its result, at most `limit`.
    pub(crate) async fn send(&self, ldap: &mut ldap3::Ldap, limit: Duration) -> Result<LdapResult, Unanswered> {
        guarded(self.call(ldap.with_timeout(limit))).await
    }

    async fn call(&self, ldap: &mut ldap3::Ldap) -> Result<LdapResult, LdapError> {
        match self {
            Self::Bind { dn, password } => ldap.with_controls(ppolicy::request()).simple_bind(dn, password).await,
            Self::PasswordModify { dn, new } => {
                let request = PasswordModify { user_id: Some(dn), old_pass: None, new_pass: Some(new) };
                ldap.with_controls(ppolicy::request()).extended(request).await.map(|answer| answer.1)
            }
            Self::Modify { dn, changes, control } => {
                let control = control.clone().unwrap_or_else(ppolicy::request);
                ldap.with_controls(control).modify(dn, changes.iter().map(Change::modification).collect()).await
            }
        }
    }
}

impl<'a> Change<'a> {
    fn modification(&self) -> Mod<&'a [u8]> {
        match *self {
            Self::Add(name, value) => Mod::Add(name.as_bytes(), HashSet::from([value])),
            Self::Delete(name, value) => Mod::Delete(name.as_bytes(), HashSet::from([value])),
            Self::Replace(name, value) => Mod::Replace(name.as_bytes(), HashSet::from([value])),
            Self::Clear(name) => Mod::Replace(name.as_bytes(), HashSet::new()),
        }
    }
}

/// A search and its result.
pub(crate) struct Search<'a> {
    pub(crate) base: &'a str,
    pub(crate) scope: Scope,
    pub(crate) filter: &'a str,
    pub(crate) attributes: &'a [&'a str],
}

impl Search<'_> {
    pub(crate) async fn send(
        &self,
        ldap: &mut ldap3::Ldap,
        limit: Duration,
    ) -> Result<(Vec<SearchEntry>, LdapResult), Unanswered> {
        let whole = guarded(async {
            let found = ldap.search(self.base, self.scope, self.filter, self.attributes).await?;
            Ok((found.0.into_iter().map(SearchEntry::construct).collect(), found.1))
        });
        // The library's own limit is one per entry; this one is for all.
        match tokio::time::timeout(limit, whole).await {
            Ok(answer) => answer,
            Err(_) => Err(Unanswered { sent: true, fault: faults::timed_out("no answer to a search") }),
        }
    }

    /// One page of the search (RFC 2696), its result, and the cookie of the next page; `None` behind the last. A server that
    /// knows no pages refuses, as it would send everything at once.
    pub(crate) async fn page(
        &self,
        ldap: &mut ldap3::Ldap,
        (size, cookie): (i32, Vec<u8>),
        limit: Duration,
    ) -> Result<(Vec<SearchEntry>, LdapResult, Option<Vec<u8>>), Unanswered> {
        let control = PagedResults { size, cookie }.critical();
        let whole = guarded(async {
            let found = ldap.with_controls(control).search(self.base, self.scope, self.filter, self.attributes).await?;
            let next = found.1.ctrls.iter().find(|control| matches!(control.0, Some(ControlType::PagedResults)));
            let next = next.map(|control| control.1.parse::<PagedResults>().cookie).filter(|cookie| !cookie.is_empty());
            Ok((found.0.into_iter().map(SearchEntry::construct).collect(), found.1, next))
        });
        match tokio::time::timeout(limit, whole).await {
            Ok(answer) => answer,
            Err(_) => Err(Unanswered { sent: true, fault: faults::timed_out("no answer to a page of a search") }),
        }
    }
}

/// The library panics on malformed answers (a text that is not UTF-8, for one): that must cost the connection and
/// not the worker.
async fn guarded<T>(call: impl Future<Output = Result<T, LdapError>>) -> Result<T, Unanswered> {
    match AssertUnwindSafe(call).catch_unwind().await {
        Ok(Ok(answer)) => Ok(answer),
        // The connection had ended before it took the operation.
        Ok(Err(error @ LdapError::OpSend { .. })) => {
            Err(Unanswered { sent: false, fault: faults::lost(&error.to_string()) })
        }
        Ok(Err(error)) => Err(Unanswered { sent: true, fault: faults::from_error(&error) }),
        Err(_) => Err(Unanswered { sent: true, fault: faults::lost("malformed answer") }),
    }
}
