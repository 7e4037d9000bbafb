use crate::ids::{ApplicationId, SourceId};

/// An application that signs people in with a source's accounts. Several on one source make it a multi-application source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    pub id: ApplicationId,
    pub name: String,
    pub description: String,
    pub source_id: SourceId,
}
