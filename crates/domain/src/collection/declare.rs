use std::fmt;

/// What a field holds, and so how its values are written in a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In double quotes.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// An ISO 8601 date-time, such as `2026-01-31T12:00:00Z`, or a date.
    Time,
    /// A list of texts.
    List,
}

/// The primitive operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    /// Contains: a part of a text, or one element of a list.
    Co,
    /// Starts with.
    Sw,
    In,
    /// Contains all.
    Ca,
    /// Present: not null and not empty.
    Pr,
    Isnull,
}

impl Operator {
    pub const ALL: [Self; 12] = [
        Self::Eq,
        Self::Ne,
        Self::Gt,
        Self::Ge,
        Self::Lt,
        Self::Le,
        Self::Co,
        Self::Sw,
        Self::In,
        Self::Ca,
        Self::Pr,
        Self::Isnull,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::In => "in",
            Self::Ca => "ca",
            Self::Pr => "pr",
            Self::Isnull => "isnull",
        }
    }

    /// Whether it makes sense for this kind at all. A declaration that says otherwise is a defect, found by
    /// [`Resource::check`] in a test.
    #[must_use]
    pub fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Pr | Self::Isnull => true,
            Self::Eq | Self::Ne | Self::In => kind != Kind::List,
            Self::Gt | Self::Ge | Self::Lt | Self::Le => !matches!(kind, Kind::List | Kind::Boolean),
            Self::Co => matches!(kind, Kind::Text | Kind::List),
            Self::Sw => kind == Kind::Text,
            Self::Ca => kind == Kind::List,
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One field that can be filtered on or sorted by.
#[derive(Debug, Clone, Copy)]
pub struct Field<K: 'static> {
    /// As callers write it: `owner.id`.
    pub name: &'static str,
    pub key: K,
    pub kind: Kind,
    pub operators: &'static [Operator],
    pub sortable: bool,
}

/// A resource whose collection is listed.
pub trait Resource: 'static {
    /// One value per field, also of those the program alone compares.
    type Key: Copy + fmt::Debug + Eq + Send + Sync + 'static;

    /// What callers may name.
    const FIELDS: &'static [Field<Self::Key>];

    /// The order without sorters.
    const DEFAULT_ORDER: Self::Key;

    /// What is wrong with the declaration; for tests.
    #[must_use]
    fn check() -> Vec<String> {
        let mut wrong = Vec::new();
        for (at, field) in Self::FIELDS.iter().enumerate() {
            if Self::FIELDS.iter().take(at).any(|earlier| earlier.name == field.name) {
                wrong.push(format!("{} is declared twice", field.name));
            }
            for operator in field.operators.iter().filter(|operator| !operator.fits(field.kind)) {
                wrong.push(format!("{operator} does not fit {}", field.name));
            }
        }
        wrong
    }
}
