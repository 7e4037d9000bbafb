//! What a webhook may be.

use passwright_domain::delivery::SUBSCRIBABLE;

use crate::{Error, Fault, Service};

/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// A webhook as a caller wants it; the wire's fields, decoded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebhookRequest {
    pub name: Option<String>,
    pub url: Option<String>,
    pub events: Option<Vec<String>>,
    /// Absent: on.
    pub enabled: Option<bool>,
}

/// A request that was found right.
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) events: Vec<String>,
    pub(super) enabled: bool,
}

impl Service {
    pub(super) fn wanted_webhook(&self, request: WebhookRequest) -> Result<Wanted, Error> {
        let missing = |field: &str| Error::bad(Fault::Missing, format!("{field} is required"));
        let name = request.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| missing("name"))?;
        if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            let message = format!("name must have at most {LONGEST_NAME} characters and none for control");
            return Err(Error::bad(Fault::Illegal, message));
        }
        let url = request.url.filter(|url| !url.is_empty()).ok_or_else(|| missing("url"))?;
        let url = self.outbound.webhooks.check(&url).map_err(|why| Error::bad(Fault::Illegal, format!("url {why}")))?;
        let mut events = request.events.filter(|events| !events.is_empty()).ok_or_else(|| missing("events"))?;
        if !events.iter().all(|event| SUBSCRIBABLE.contains(&event.as_str())) {
            return Err(Error::bad(Fault::Illegal, format!("events must be among {}", SUBSCRIBABLE.join(", "))));
        }
        events.sort();
        events.dedup();
        Ok(Wanted { name, url, events, enabled: request.enabled.unwrap_or(true) })
    }
}
