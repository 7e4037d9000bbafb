//! Which person a text means.

use std::collections::BTreeMap;

use passwright_domain::collection::{Collection, Filter, Operator, Page, Test, Value};
use passwright_domain::directory::{Identities, Identity, IdentityKey};
use passwright_domain::ids::IdentityId;
use passwright_storage::directory::identities;
use passwright_storage::{StorageError, Tx};

/// People that are offered where a text means several.
const MOST: i64 = 10;
/// Longest text that is looked for, in characters.
const LONGEST: usize = 100;

/// Whom a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// There was no text.
    Anyone,
    One(Identity),
    /// The first of them; the text is to be made longer.
    Several(Vec<Identity>),
    Nobody,
}

/// A user name in any case means its person alone; any other text those whose user name, name, family name or mail address
/// begins with it.
pub(super) async fn meant(tx: &mut Tx<'_>, text: &str) -> Result<Who, StorageError> {
    let text: String = text.trim().chars().take(LONGEST).collect();
    if text.is_empty() {
        return Ok(Who::Anyone);
    }
    if let Some(identity) = identities::lookup_by_alias(tx, &text).await? {
        return Ok(Who::One(identity));
    }
    let begins = |key| Filter::Field(key, Test::Compare(Operator::Sw, Value::Text(text.clone())));
    let keys = [IdentityKey::Alias, IdentityKey::Name, IdentityKey::LastName, IdentityKey::Email];
    let mut wanted = Collection::<Identities>::whole().and(Filter::Any(keys.map(begins).to_vec()));
    wanted.page = Page { limit: MOST, offset: 0, count: false };
    let (found, _) = identities::page(tx, &wanted).await?;
    let mut people: Vec<Identity> = found.into_iter().map(|stored| stored.identity).collect();
    Ok(match (people.pop(), people.is_empty()) {
        (None, _) => Who::Nobody,
        (Some(only), true) => Who::One(only),
        (Some(last), false) => {
            people.push(last);
            Who::Several(people)
        }
    })
}

/// The people of these ids that there are.
pub(crate) async fn people(
    tx: &mut Tx<'_>,
    ids: impl Iterator<Item = IdentityId>,
) -> Result<BTreeMap<IdentityId, Identity>, StorageError> {
    let ids: std::collections::BTreeSet<IdentityId> = ids.collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let values = ids.iter().map(|id| Value::Text(id.to_string())).collect();
    let wanted = Collection::<Identities>::whole().and(Filter::Field(IdentityKey::Id, Test::In(values)));
    let (found, _) = identities::page(tx, &wanted).await?;
    Ok(found.into_iter().map(|stored| (stored.identity.id.clone(), stored.identity)).collect())
}
