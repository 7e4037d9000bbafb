use std::collections::BTreeSet;

use passwright_domain::access::{Action, Caller, Right};

use super::SourceFields;
use super::connection::GivenCredential;
use super::wanted::Wanted;
use crate::{Error, Fault, Service};

impl Service {
    /// Replaces what may be changed of a source. Settings that are absent stay as they are, and so does the credential,
    /// which nobody can send back. What the service itself tells of a source is not looked at, but for what the vendor
    /// says cannot be changed.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`; `BadRequest` as for a new one, and for another `id`, `type`, `authoritative`, `connector`,
    /// `connectorClass` or `passwordPolicies`; `Conflict` when somebody changed the source at the same time.
    pub async fn put_source(&self, caller: &Caller, id: &str, fields: SourceFields) -> Result<SourceFields, Error> {
        self.require(caller, Action::Administer(Right::ManageSources), &format!("source:{id}")).await?;
        let (stored, facts) = self.source_with_facts(id).await?;
        let old = facts.shown(&stored);
        let ids = |fields: &SourceFields| {
            let policies = fields.password_policies.iter().flatten();
            policies.filter_map(|policy| policy.id.clone()).collect::<BTreeSet<_>>()
        };
        let differs = |new: &Option<String>, old: &Option<String>| new.is_some() && new != old;
        let fixed = [
            ("id", differs(&fields.id, &old.id)),
            ("type", differs(&fields.kind, &old.kind)),
            ("authoritative", fields.authoritative.is_some() && fields.authoritative != old.authoritative),
            ("connector", differs(&fields.connector, &old.connector)),
            ("connectorClass", differs(&fields.connector_class, &old.connector_class)),
            ("passwordPolicies", fields.password_policies.is_some() && ids(&fields) != ids(&old)),
        ];
        if let Some((field, _)) = fixed.iter().find(|(_, differs)| *differs) {
            return Err(Error::bad(Fault::Illegal, format!("{field} cannot be changed")));
        }
        let wanted = Wanted::of(fields, GivenCredential::Keep)?;
        self.update_source(caller, (stored, facts), wanted).await
    }
}
