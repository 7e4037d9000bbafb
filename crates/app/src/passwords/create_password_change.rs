//! Accepting a change under a name the caller gave the request: sending it again changes nothing.

use std::time::Duration;

use passwright_domain::access::Caller;
use passwright_storage::changes::AcceptChange;
use passwright_storage::idempotency::{self, AcceptChangeOnce, ForgetIdempotencyKeys, IdempotencyKey, Named, Once};
use passwright_vault::digest::sha256_hex;

use super::set_password::{AcceptedPasswordChange, Reach, SetPasswordRequest};
use crate::{Error, Fault, Service};

/// How long a name is kept.
const KEPT: Duration = Duration::from_secs(86_400);
/// Longest name, in bytes.
const LONGEST: usize = 255;

impl Service {
    /// Accepts a change as [`set_password`](Self::set_password) does; with a name, at most once in 24 hours. The same
    /// request of the same caller under the same name gets the first answer.
    ///
    /// # Errors
    /// As [`set_password`](Self::set_password); `BadRequest` for a name that is not 1 to 255 visible ASCII characters;
    /// `Conflict` when another request has the name.
    pub async fn create_password_change(
        &self,
        caller: &Caller,
        request: SetPasswordRequest,
        name: Option<String>,
    ) -> Result<AcceptedPasswordChange, Error> {
        let Some(name) = name else { return self.set_password(caller, request).await };
        let request_digest = digest(&request);
        let (identity_id, request) = self.requested_identity(caller, request).await?;
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::bad(Fault::Illegal, "Idempotency-Key must be 1 to 255 visible ASCII characters"));
        }
        let key = IdempotencyKey { actor: caller.actor(), text: name, request_digest };
        // Before the request is judged: its key may have expired since it was accepted.
        let mut reader = self.store.read().await?;
        let before = idempotency::lookup(&mut reader.tx(), &key, self.clock.now()).await?;
        drop(reader);
        if let Some(named) = before {
            return repeated(named);
        }
        let change = self.prepare_change(caller, &identity_id, request, Reach::Group).await?;
        let audit = self.accepted_record(caller, "USER_PASSWORD_UPDATE", &change);
        let expires_at = change.accepted_at + KEPT;
        let once = AcceptChangeOnce { key, expires_at, accept: AcceptChange { change, audit } };
        let once = match self.store.write(once).await {
            Ok(once) => once,
            Err(error) => return Err(self.refused(caller, &identity_id, error).await),
        };
        match once {
            Once::Accepted(accepted) => {
                if accepted.is_new {
                    self.work_waiting.notify_one();
                }
                Ok(AcceptedPasswordChange { id: accepted.id })
            }
            Once::Before(named) => repeated(named),
        }
    }

    /// Removes the names whose time is over.
    pub(crate) async fn forget_request_names(&self) -> Result<(), Error> {
        self.store.write(ForgetIdempotencyKeys { now: self.clock.now() }).await?;
        Ok(())
    }
}

fn repeated(named: Named) -> Result<AcceptedPasswordChange, Error> {
    match named {
        Named::Same(id) => Ok(AcceptedPasswordChange { id }),
        Named::Other => Err(Error::Conflict("Idempotency-Key was used for another request".to_owned())),
    }
}

/// Of what is asked, not of how it is written. Lengths keep neighbouring fields apart.
fn digest(request: &SetPasswordRequest) -> String {
    let SetPasswordRequest { identity_id, encrypted_password, public_key_id, account_id, source_id, unlock_account } =
        request;
    let mut text = String::new();
    if *unlock_account {
        text.push_str("unlock;");
    }
    for field in [identity_id, encrypted_password, public_key_id, account_id, source_id] {
        match field {
            Some(value) => text.push_str(&format!("{}:{value};", value.len())),
            None => text.push('-'),
        }
    }
    sha256_hex(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_differ_with_each_field() {
        let text = |value: &str| Some(value.to_owned());
        let requests = [
            SetPasswordRequest::default(),
            SetPasswordRequest { identity_id: text("a"), ..SetPasswordRequest::default() },
            SetPasswordRequest { identity_id: text(""), ..SetPasswordRequest::default() },
            SetPasswordRequest { encrypted_password: text("a"), ..SetPasswordRequest::default() },
            SetPasswordRequest { public_key_id: text("a"), ..SetPasswordRequest::default() },
            SetPasswordRequest { account_id: text("a"), ..SetPasswordRequest::default() },
            SetPasswordRequest { source_id: text("a"), ..SetPasswordRequest::default() },
            SetPasswordRequest { source_id: text("a;1:a"), account_id: text("b"), ..SetPasswordRequest::default() },
            SetPasswordRequest { source_id: text("a"), account_id: text("b;1:a"), ..SetPasswordRequest::default() },
            SetPasswordRequest { unlock_account: true, ..SetPasswordRequest::default() },
        ];
        let mut digests: Vec<_> = requests.iter().map(digest).collect();
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), requests.len());
        assert_eq!(digest(&requests[3]), digest(&requests[3].clone()));
    }
}
