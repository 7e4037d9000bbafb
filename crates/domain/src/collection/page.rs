use super::{CollectionFault, Filter, Resource, Sorter, parse_filter, parse_sorters};

/// Most rows of one answer, and their number when no `limit` is given; clients page in this step.
pub const MAX_LIMIT: u64 = 250;

/// What a caller asks of a collection, as text. `None` where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    pub limit: Option<u64>,
    pub offset: Option<u64>,
    /// Whether the number of all matching rows is wanted.
    pub count: bool,
    pub filters: Option<String>,
    pub sorters: Option<String>,
}

/// Which rows of the matching ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// 0..=250
    pub limit: i64,
    /// Rows to leave out in front.
    pub offset: i64,
    pub count: bool,
}

/// A parsed request for a part of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection<R: Resource> {
    pub filter: Option<Filter<R::Key>>,
    pub sorters: Vec<Sorter<R::Key>>,
    pub page: Page,
}

impl<R: Resource> Collection<R> {
    /// Parses a request against what the resource declares.
    ///
    /// # Errors
    /// [`CollectionFault`]
    pub fn parse(request: &Request) -> Result<Self, CollectionFault> {
        let limit = request.limit.unwrap_or(MAX_LIMIT);
        if limit > MAX_LIMIT {
            return Err(CollectionFault::OutOfBounds(format!("limit must be between 0 and {MAX_LIMIT}")));
        }
        let offset = i64::try_from(request.offset.unwrap_or(0));
        let offset = offset.map_err(|_| CollectionFault::OutOfBounds("offset is too great".to_owned()))?;
        Ok(Self {
            filter: request.filters.as_deref().map(parse_filter::<R>).transpose()?,
            sorters: request.sorters.as_deref().map(parse_sorters::<R>).transpose()?.unwrap_or_default(),
            page: Page { limit: i64::try_from(limit).unwrap_or(0), offset, count: request.count },
        })
    }

    /// Everything there is, in the default order.
    #[must_use]
    pub fn whole() -> Self {
        Self { filter: None, sorters: Vec::new(), page: Page { limit: i64::MAX, offset: 0, count: false } }
    }

    /// The same, with a condition that must hold besides.
    #[must_use]
    pub fn and(mut self, condition: Filter<R::Key>) -> Self {
        self.filter = Some(match self.filter.take() {
            None => condition,
            Some(filter) => Filter::All(vec![condition, filter]),
        });
        self
    }
}
