use passwright_domain::access::{Action, Right};
use passwright_domain::audit::Trace;
use passwright_domain::collection::{Collection, Filter, Operator, Page, Test, Value};
use passwright_domain::directory::{Identities, Identity, IdentityKey};
use passwright_storage::directory::identities;

use crate::sessions::Session;
use crate::{Error, Service};

/// People shown at once; more ask for a longer text.
const MOST: i64 = 20;
/// Longest text that is looked for, in characters.
const LONGEST: usize = 100;

/// Who was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPeople {
    pub people: Vec<Identity>,
    /// There are more.
    pub more: bool,
}

impl Service {
    /// The people whose user name, name, family name or mail address begins with a text; nobody for an empty one.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn find_people(&self, session: &Session, text: &str, trace: &Trace) -> Result<FoundPeople, Error> {
        let caller = session.caller(trace);
        self.require(&caller, Action::Administer(Right::ServePeople), "identity:all").await?;
        let text: String = text.trim().chars().take(LONGEST).collect();
        if text.is_empty() {
            return Ok(FoundPeople { people: Vec::new(), more: false });
        }
        let begins = |key| Filter::Field(key, Test::Compare(Operator::Sw, Value::Text(text.clone())));
        let keys = [IdentityKey::Alias, IdentityKey::Name, IdentityKey::LastName, IdentityKey::Email];
        let mut wanted = Collection::<Identities>::whole().and(Filter::Any(keys.map(begins).to_vec()));
        wanted.page = Page { limit: MOST + 1, offset: 0, count: false };
        let mut reader = self.store.read().await?;
        let (found, _) = identities::page(&mut reader.tx(), &wanted).await?;
        let mut people: Vec<Identity> = found.into_iter().map(|stored| stored.identity).collect();
        let most = usize::try_from(MOST).unwrap_or_default();
        let more = people.len() > most;
        people.truncate(most);
        Ok(FoundPeople { people, more })
    }
}
