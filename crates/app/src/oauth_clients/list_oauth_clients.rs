use passwright_domain::access::{Action, Caller};
use passwright_domain::client::{ApiClient, LastUsedFilter};
use passwright_storage::clients;

use crate::{Error, Fault, Service};

impl Service {
    /// All API clients by name, or those that `filters` leaves: `lastUsed le <time>`, `lastUsed isnull`.
    ///
    /// # Errors
    /// `BadRequest` for another filter.
    pub async fn list_oauth_clients(&self, caller: &Caller, filters: Option<&str>) -> Result<Vec<ApiClient>, Error> {
        self.require(caller, Action::ListOauthClients, "client:any").await?;
        let filter = last_used_filter(filters)?;
        let mut reader = self.store.read().await?;
        let mut clients = clients::list_clients(&mut reader.tx()).await?;
        clients.retain(|client| filter.is_none_or(|filter| filter.takes(client.last_used_at)));
        Ok(clients)
    }
}

/// Reads the one filter these lists have.
pub(crate) fn last_used_filter(filters: Option<&str>) -> Result<Option<LastUsedFilter>, Error> {
    let Some(text) = filters else { return Ok(None) };
    let wrong = || {
        let message = "filters must be \"lastUsed le <time>\" or \"lastUsed isnull\", with a time such as \
                       2026-01-31T12:00:00Z";
        Error::bad(Fault::Illegal, message)
    };
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["lastUsed", "isnull"] => Ok(Some(LastUsedFilter::Never)),
        ["lastUsed", "le", time] => {
            let time = crate::oauth_clients::parse_time(time.trim_matches('"')).ok_or_else(wrong)?;
            Ok(Some(LastUsedFilter::NotAfter(time)))
        }
        _ => Err(wrong()),
    }
}
