use passwright_domain::access::{Action, Caller, Right};
use passwright_domain::audit::Outcome;
use passwright_domain::timestamp::Timestamp;
use passwright_storage::audit::{self, Kept, Search, WriteAudit};
use passwright_storage::{StorageError, Tx};

use super::people::{Who, meant, people};
use crate::{Error, Service};

/// Records of one page.
const PAGE: usize = 50;
/// Records that an export reads at once.
const BATCH: i64 = 500;
/// Longest text of a search, in characters.
const LONGEST: usize = 100;
const OBJECT: &str = "audit:all";

/// Which records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditQuery {
    /// A user name, the beginning of a name, or a party as records write it (`client:…`, `source:…`): who did it or to whom it
    /// was done. Empty: everybody.
    pub who: String,
    /// A part of an event's name, in any case; empty: all.
    pub event: String,
    pub outcome: Option<Outcome>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// The id of the last record of the page before.
    pub after: Option<String>,
}

/// A record with names of its parties, where they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRecord {
    pub record: Kept,
    pub actor_name: Option<String>,
    pub object_name: Option<String>,
}

/// A page of records, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRecords {
    pub who: Who,
    pub records: Vec<ShownRecord>,
    /// For `after` of the next page; `None` on the last one.
    pub next: Option<String>,
}

/// An export under way.
pub struct AuditExport {
    search: Search,
    over: bool,
}

impl Service {
    /// Searches the audit.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn search_audit(&self, caller: &Caller, query: &AuditQuery) -> Result<FoundRecords, Error> {
        self.require(caller, Action::Administer(Right::ReadAudit), OBJECT).await?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let limit = i64::try_from(PAGE).unwrap_or_default() + 1;
        let (who, search) = sought(&mut tx, query, limit).await?;
        let Some(search) = search else { return Ok(FoundRecords { who, records: Vec::new(), next: None }) };
        let mut records = audit::search(&mut tx, &search).await?;
        let more = records.len() > PAGE;
        records.truncate(PAGE);
        let next = records.last().filter(|_| more).map(|last| last.id.clone());
        let parties = records.iter().flat_map(|record| [&record.actor, &record.object]);
        let ids = parties.filter_map(|party| party.strip_prefix("identity:")?.parse().ok());
        let known = people(&mut tx, ids).await?;
        drop(reader);
        let catalog = self.catalog().await?;
        let name = |party: &str| {
            let (kind, id) = party.split_once(':')?;
            match kind {
                "identity" => known.get(&id.parse().ok()?).map(|identity| identity.name.clone()),
                "source" => catalog.source(&id.parse().ok()?).map(|known| known.source.name.clone()),
                _ => None,
            }
        };
        let shown = records.into_iter().map(|record| ShownRecord {
            actor_name: name(&record.actor),
            object_name: name(&record.object),
            record,
        });
        Ok(FoundRecords { who, records: shown.collect(), next })
    }

    /// Begins to copy every record that a query finds; that it was asked for is in the audit before the first one is read.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` when the query names nobody, or several people.
    pub async fn export_audit(&self, caller: &Caller, query: &AuditQuery) -> Result<AuditExport, Error> {
        self.require(caller, Action::Administer(Right::ReadAudit), OBJECT).await?;
        let mut reader = self.store.read().await?;
        let (_, search) = sought(&mut reader.tx(), query, BATCH).await?;
        drop(reader);
        let search = search.ok_or(Error::NotFound)?;
        let tell = |name: &str, value: Option<&str>| value.map(|value| format!("{name} {value}"));
        let at = |at: Option<Timestamp>| at.map(crate::passwords::rfc3339);
        let told = [
            tell("who", search.who.as_deref()),
            tell("event", search.event.as_deref()),
            tell("outcome", search.outcome.map(Outcome::as_str)),
            tell("from", at(search.from).as_deref()),
            tell("until", at(search.until).as_deref()),
        ];
        let detail = told.into_iter().flatten().collect::<Vec<_>>().join("; ");
        let tracking = &caller.tracking_id;
        let record = self.audit_record(caller.actor(), "AUDIT_EXPORTED", OBJECT, Outcome::Passed, tracking, detail);
        self.store.write(WriteAudit(record)).await?;
        Ok(AuditExport { search, over: false })
    }

    /// The next records of an export, newest first; none at its end.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read_export(&self, export: &mut AuditExport) -> Result<Vec<Kept>, Error> {
        if export.over {
            return Ok(Vec::new());
        }
        let mut reader = self.store.read().await?;
        let records = audit::search(&mut reader.tx(), &export.search).await?;
        export.over = i64::try_from(records.len()).is_ok_and(|count| count < BATCH);
        if let Some(last) = records.last() {
            export.search.older_than = Some(last.id.clone());
        }
        Ok(records)
    }
}

/// What a query looks for; nothing where its person is not clear.
async fn sought(tx: &mut Tx<'_>, query: &AuditQuery, limit: i64) -> Result<(Who, Option<Search>), StorageError> {
    let cut = |text: &str| text.trim().chars().take(LONGEST).collect::<String>();
    let given = cut(&query.who);
    let (who, party) = if given.contains(':') {
        (Who::Anyone, Some(given))
    } else {
        let who = meant(tx, &given).await?;
        let party = match &who {
            Who::Anyone => None,
            Who::One(identity) => Some(format!("identity:{}", identity.id)),
            Who::Several(_) | Who::Nobody => return Ok((who, None)),
        };
        (who, party)
    };
    let search = Search {
        from: query.from,
        until: query.until,
        older_than: query.after.clone().filter(|id| !id.is_empty()),
        who: party,
        event: Some(cut(&query.event)).filter(|text| !text.is_empty()),
        outcome: query.outcome,
        limit,
    };
    Ok((who, Some(search)))
}
