//! The clients: they send changes to a node and remember what was acknowledged.

use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::change::{NewChange, NewTarget, PayloadKind, SealedPayload};
use passwright_domain::ids::{AccountId, PasswordChangeId, RsaKeyId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::changes::AcceptChange;

use crate::core::Core;
use crate::plan::{Plaintext, Request};
use crate::queue::{Op, Reply};
use crate::server::{Answer, ReplyTo};

/// A change that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: PasswordChangeId,
    pub(crate) plaintext: Plaintext,
    pub(crate) node: usize,
    /// When, in virtual time.
    pub(crate) at: u64,
    /// The number of the first sending of the same ciphertext.
    pub(crate) first: usize,
}

impl Sent {
    /// The password a change of this number carries; `None` when it carries none.
    pub(crate) fn password(number: usize, plaintext: Plaintext) -> Option<String> {
        match plaintext {
            Plaintext::Good | Plaintext::Weak => Some(format!("password-{number}")),
            Plaintext::Long => Some(format!("password-{number}-{}", "x".repeat(70))),
            Plaintext::Garbage => None,
        }
    }

    /// The number in a password.
    pub(crate) fn number(password: &str) -> usize {
        password.split('-').nth(1).and_then(|digits| digits.parse().ok()).unwrap()
    }
}

impl Core {
    /// Sends a request; `first` is set when the same ciphertext was sent before.
    pub(crate) fn send(&mut self, request: Request, first: Option<usize>) {
        let node = &self.nodes[request.node];
        // Nobody listens there: the client sees it at once and nothing is accepted.
        if !node.is_alive || node.is_paused || node.is_cut_off {
            return;
        }
        let number = self.sent.len();
        let mut id = [4; 16];
        id[8..].copy_from_slice(&(number as u64).to_be_bytes());
        let sent = Sent {
            id: PasswordChangeId::from_random(id),
            plaintext: request.plaintext,
            node: request.node,
            at: self.now,
            first: first.unwrap_or(number),
        };
        let op = AcceptChange { change: self.new_change(&sent, &request), audit: audit(number) };
        self.sent.push(sent);
        self.log(|_| {
            format!(
                "client: c{number} for person {} on systems {:?}, {:?}{}",
                request.identity,
                request.systems,
                request.plaintext,
                first.map_or(String::new(), |first| format!(", the same ciphertext as c{first}"))
            )
        });
        self.hand(request.node, Op::Accept(Box::new(op)), ReplyTo::Client(number));
        if let Some(after) = request.again_after {
            let again = Request { again_after: None, ..request };
            self.after(after, move |core| core.send(again, Some(number)));
        }
    }

    fn new_change(&self, sent: &Sent, request: &Request) -> NewChange {
        let person = &self.plan.people[request.identity];
        let accounts: Vec<_> = request.systems.iter().map(|system| &person.accounts[system]).collect();
        NewChange {
            id: sent.id.clone(),
            identity_id: person.identity.id.clone(),
            actor: "client:simulation".to_owned(),
            tracking_id: String::new(),
            accepted_at: self.wall(request.node, self.now),
            payload: SealedPayload {
                kind: PayloadKind::Rsa(RsaKeyId::from_random([5; 16])),
                epoch: 1,
                wrapped_key: String::new(),
                ciphertext: sent.first.to_string(),
            },
            ciphertext_digest: Some(format!("digest-{}", sent.first)),
            named_account_id: accounts[0].id.clone(),
            unlock: false,
            targets: accounts
                .into_iter()
                .map(|a| NewTarget { account_id: a.id.clone(), source_id: a.source_id.clone() })
                .collect(),
        }
    }

    /// A client hears the answer.
    pub(crate) fn hear(&mut self, number: usize, answer: Answer) {
        let sent = self.sent[number].clone();
        let Ok(Reply::Accepted(accepted)) = answer else {
            self.log(|_| format!("client: c{number} was not accepted"));
            return;
        };
        self.log(|core| format!("client: c{number} is acknowledged as {}", core.name_of(&accepted.id)));
        let first = self.sent[sent.first].id.clone();
        if self.acknowledged.contains(&first) && accepted.id != first {
            self.violate(format!("the ciphertext of c{} made a second change", sent.first));
        }
        self.acknowledged.insert(accepted.id);
        if accepted.is_new {
            self.stats.changes += 1;
            self.nodes[sent.node].work_waiting.notify_one();
            self.nodes[sent.node].is_woken = true;
        }
    }

    /// A change's short name in the log: `c` and its number.
    pub(crate) fn name_of(&self, id: &PasswordChangeId) -> String {
        self.sent.iter().position(|sent| sent.id == *id).map_or_else(|| id.to_string(), |number| format!("c{number}"))
    }

    /// An account's short name in the log.
    pub(crate) fn account_name(&self, id: &AccountId) -> String {
        let (person, system) = self.plan.account(id);
        format!("p{person}@s{system}")
    }
}

fn audit(number: usize) -> AuditRecord {
    AuditRecord {
        id: number.to_string(),
        at: Timestamp(0),
        actor: String::new(),
        event: "USER_PASSWORD_UPDATE",
        object: String::new(),
        outcome: Outcome::Passed,
        tracking_id: String::new(),
        address: None,
        detail: String::new(),
    }
}
