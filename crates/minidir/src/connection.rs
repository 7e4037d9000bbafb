//! One client: TLS, then one operation after the other, answered in the order they came.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use ldap3_proto::control::LdapControl;
use ldap3_proto::proto::{
    LdapBindResponse, LdapExtendedRequest, LdapExtendedResponse, LdapMsg, LdapOp, LdapResult, LdapResultCode,
};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::codec::Framed;

use crate::answer;
use crate::bind::{Identity, bind};
use crate::codec::Codec;
use crate::controls::Controls;
use crate::directory::Directory;
use crate::entry::WHO_AM_I;
use crate::modify::{Outcome, modify};
use crate::search::search;

const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// Active Directory's limit for a silent client.
const IDLE_FOR: Duration = Duration::from_secs(15 * 60);
/// A client that does not read its answers is let go.
const WRITE_WITHIN: Duration = Duration::from_secs(30);
/// Notice of disconnection (RFC 4511 section 4.4.1).
const DISCONNECTION: &str = "1.3.6.1.4.1.1466.20036";

struct Connection {
    directory: Arc<Directory>,
    identity: Identity,
}

/// Serves a client until it leaves or breaks the protocol.
pub(crate) async fn serve(directory: Arc<Directory>, stream: TcpStream, acceptor: TlsAcceptor) {
    // Answers are small; waiting to fill a packet would only add delay.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Ok(Ok(stream)) = timeout(HANDSHAKE_WITHIN, acceptor.accept(stream)).await else {
        tracing::debug!("a client did not finish the TLS handshake");
        return;
    };
    let mut messages = Framed::new(stream, Codec::default());
    let mut connection = Connection { directory, identity: Identity::default() };
    while let Ok(Some(message)) = timeout(IDLE_FOR, messages.next()).await {
        if connection.directory.faults.refuses() {
            return;
        }
        let answers = match message {
            Ok(message) => connection.answer(message).await,
            Err(error) => {
                tracing::debug!(%error, "a connection was ended");
                let notice = extended(answer::result(LdapResultCode::ProtocolError, ""), Some(DISCONNECTION), None);
                // The stream is out of step; whether the notice arrives makes no difference.
                let _ = timeout(WRITE_WITHIN, messages.send(LdapMsg::new(0, notice))).await;
                None
            }
        };
        let Some(answers) = answers else { break };
        if let Some(delay) = connection.directory.faults.delay() {
            tokio::time::sleep(delay).await;
        }
        let send = async {
            for answer in answers {
                messages.feed(answer).await?;
            }
            messages.flush().await
        };
        if !matches!(timeout(WRITE_WITHIN, send).await, Ok(Ok(()))) {
            return;
        }
    }
    // The client may be gone already.
    let _ = timeout(WRITE_WITHIN, messages.close()).await;
}

impl Connection {
    /// The answers to one message; `None` ends the connection.
    async fn answer(&mut self, message: LdapMsg) -> Option<Vec<LdapMsg>> {
        let LdapMsg { msgid: id, op, ctrl } = message;
        let one = |op| Some(vec![LdapMsg::new(id, op)]);
        if matches!(op, LdapOp::UnbindRequest) {
            return None;
        }
        let controls = match Controls::read(ctrl) {
            Ok(controls) => controls,
            Err(oid) => return response(&op, answer::unknown_control(&oid)).map_or(Some(Vec::new()), one),
        };
        match op {
            LdapOp::BindRequest(request) => {
                // RFC 4511 section 4.2.1: whoever it was before, a bind starts from nobody.
                self.identity = Identity::Anonymous;
                let (identity, res) = bind(&self.directory, request).await;
                self.identity = identity;
                one(LdapOp::BindResponse(LdapBindResponse { res, saslcreds: None }))
            }
            LdapOp::SearchRequest(request) => {
                let found = search(&self.directory, &self.identity, &request, controls);
                let control: Vec<LdapControl> = found.control.into_iter().collect();
                let done = LdapMsg::new_with_ctrls(id, LdapOp::SearchResultDone(found.result), control);
                let entries = found.entries.into_iter().map(|entry| LdapMsg::new(id, LdapOp::SearchResultEntry(entry)));
                Some(entries.chain([done]).collect())
            }
            LdapOp::ModifyRequest(request) => {
                match modify(&self.directory, &self.identity, request, controls.policy_hints).await {
                    Outcome::Answer(result) => one(LdapOp::ModifyResponse(result)),
                    Outcome::Close => None,
                }
            }
            LdapOp::ExtendedRequest(request) => one(self.extended(&request)),
            // Operations are answered in order, so what is to be abandoned has been answered.
            LdapOp::AbandonRequest(_) => Some(Vec::new()),
            other => response(&other, answer::unwilling("00002035: this operation is not offered here")).and_then(one),
        }
    }

    fn extended(&self, request: &LdapExtendedRequest) -> LdapOp {
        if request.name != WHO_AM_I {
            let message = "00000057: this extended operation is not supported";
            return extended(answer::result(LdapResultCode::ProtocolError, message), None, None);
        }
        let who = match &self.identity {
            Identity::Anonymous => String::new(),
            Identity::Service => format!("dn:{}", self.directory.service_text),
            Identity::User(_, text) => format!("dn:{text}"),
        };
        extended(answer::success(), None, Some(who.into_bytes()))
    }
}

fn extended(res: LdapResult, name: Option<&str>, value: Option<Vec<u8>>) -> LdapOp {
    LdapOp::ExtendedResponse(LdapExtendedResponse { res, name: name.map(str::to_owned), value })
}

/// The response that belongs to a request; `None` for what has none.
fn response(request: &LdapOp, result: LdapResult) -> Option<LdapOp> {
    match request {
        LdapOp::BindRequest(_) => Some(LdapOp::BindResponse(LdapBindResponse { res: result, saslcreds: None })),
        LdapOp::SearchRequest(_) => Some(LdapOp::SearchResultDone(result)),
        LdapOp::ModifyRequest(_) => Some(LdapOp::ModifyResponse(result)),
        LdapOp::AddRequest(_) => Some(LdapOp::AddResponse(result)),
        LdapOp::DelRequest(_) => Some(LdapOp::DelResponse(result)),
        LdapOp::ModifyDNRequest(_) => Some(LdapOp::ModifyDNResponse(result)),
        LdapOp::CompareRequest(_) => Some(LdapOp::CompareResult(result)),
        LdapOp::ExtendedRequest(_) => Some(extended(result, None, None)),
        _ => None,
    }
}
