use super::parse::short;
use super::{CollectionFault, Resource};

/// Most sorters of a list.
pub const MAX_SORTERS: usize = 10;

/// One field to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sorter<K> {
    pub key: K,
    pub descending: bool,
}

/// Parses `name,-created`: fields in turn, `-` in front means descending.
///
/// # Errors
/// [`CollectionFault`], naming the field that cannot be sorted by.
pub fn parse_sorters<R: Resource>(text: &str) -> Result<Vec<Sorter<R::Key>>, CollectionFault> {
    let mut sorters = Vec::new();
    for part in text.split(',').map(str::trim) {
        if sorters.len() == MAX_SORTERS {
            return Err(CollectionFault::OutOfBounds(format!("sorters names more than {MAX_SORTERS} fields")));
        }
        let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        let field = R::FIELDS.iter().find(|field| field.name == name && field.sortable);
        let field = field.ok_or_else(|| {
            CollectionFault::Illegal(format!("sorters: the field {} cannot be sorted by", short(name)))
        })?;
        sorters.push(Sorter { key: field.key, descending });
    }
    Ok(sorters)
}
