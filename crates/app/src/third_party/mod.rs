//! Duo and Okta Verify, asked whether a person showed theirs: with the configuration of `mfa`, in the name of a step of a flow.
//!
//! Invariants: a stranger's browser is shown nothing of a person but the name that was typed in it; whether anybody was asked shows
//! in no answer and no time ([`Service::paced`]); what a provider says is checked here and never believed for its form.

mod duo;
mod okta;

use std::future::Future;
use std::time::Duration;

use passwright_connectors::notify::third_party::Unanswered;
use passwright_domain::mfa::{MfaMethod, MfaProvider};
use passwright_domain::reset::FlowId;
use tokio::time::{Instant, sleep_until};

pub(crate) use okta::SentPush;

use crate::{Error, Service};

/// All requests of one question to a provider are over then, whatever came of them.
const LONGEST: Duration = Duration::from_secs(4);
/// What depends on whether a person was asked at Okta is answered after this time: a little more than [`LONGEST`].
pub(crate) const PACE: Duration = Duration::from_millis(4200);

/// Where the browser comes back from Duo, under the configured public URL.
pub(crate) const RETURN_PATH: &str = "/recovery/third-party";

/// The providers that can be asked now.
#[derive(Default)]
pub(crate) struct Providers {
    /// Only while people have their login name there: the name is in the address that the browser goes to, where it must tell a
    /// stranger nothing new.
    pub(crate) duo: Option<MfaProvider>,
    pub(crate) okta: Option<MfaProvider>,
}

impl Providers {
    pub(crate) fn is_empty(&self) -> bool {
        self.duo.is_none() && self.okta.is_none()
    }
}

/// One step of one flow, and the name that it is for.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) flow: &'a FlowId,
    pub(crate) step: u32,
    /// The canonical name that was typed, known or not.
    pub(crate) name_key: &'a str,
}

impl Service {
    pub(crate) async fn providers(&self) -> Result<Providers, Error> {
        let usable = async |method| {
            let provider = self.mfa_provider(method).await?;
            Ok::<_, Error>(provider.filter(|provider| provider.is_usable(method)))
        };
        Ok(Providers {
            duo: usable(MfaMethod::DuoWeb).await?.filter(MfaProvider::names_by_login),
            okta: usable(MfaMethod::OktaVerify).await?,
        })
    }

    /// Does `work` and answers not before the pace, counted from now; what `at_once` picks is answered as soon as it is there.
    pub(crate) async fn paced<T>(&self, work: impl Future<Output = T>, at_once: impl FnOnce(&T) -> bool) -> T {
        let begun = Instant::now();
        let done = work.await;
        if !at_once(&done) {
            sleep_until(begun + self.outbound.third_party_pace).await;
        }
        done
    }
}

/// What went wrong is for the log: the answer must not tell that anybody was asked.
fn log_unanswered(method: MfaMethod, why: &Unanswered) {
    tracing::warn!(mfa.method = method.as_str(), reason = %why, "a provider was no help");
}
