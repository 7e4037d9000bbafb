//! Who is asked about: people of four kinds, of whom one does not exist.

use std::sync::Arc;

use anyhow::Result;
use passwright_app::oauth::{SecretText, TokenRequest};
use passwright_app::personal_access_tokens::PersonalAccessTokenFields;
use passwright_app::{ApiVersion, Caller, Principal, ScopeSet, Service, Trace};
use passwright_connectors::hash::{Argon2id, HashScheme};
use passwright_domain::audit::{AuditRecord, Outcome};
use passwright_domain::delivery::Notice;
use passwright_domain::directory::{Identity, IdentityStatus};
use passwright_domain::factors::{Factor, FactorChange};
use passwright_domain::ids::{DigitTokenId, IdentityId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::digit_tokens::CreateDigitToken;
use passwright_storage::directory::{identities, sign_in_passwords};
use passwright_storage::factors::{ConfirmTotp, StartTotp};
use passwright_storage::{StorageError, Tx, Write};
use passwright_vault::Key;
use passwright_vault::factors::TotpSeed;
use passwright_vault::key_source::{KeySource, Purpose};
use passwright_vault::random;

use crate::site::Site;

/// People in one write.
const AT_ONCE: usize = 200;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Known,
    /// Has an authenticator.
    Enrolled,
    Disabled,
    /// Nobody has the name.
    Unknown,
}

impl Kind {
    /// All names are of one length, so that an answer with the name in it is as long.
    pub(super) fn name(self, n: usize) -> String {
        let word = match self {
            Self::Known => "known",
            Self::Enrolled => "keyed",
            Self::Disabled => "ended",
            Self::Unknown => "ghost",
        };
        format!("{word}.{n:06}")
    }

    pub(super) fn address(self, n: usize) -> String {
        format!("{}%40acme.example", self.name(n))
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Enrolled => "known, with an authenticator",
            Self::Disabled => "disabled",
            Self::Unknown => "unknown",
        }
    }
}

/// Writes `count` people of each kind that exists; each has a sign-in password, every fifth a digit token that waits.
pub(super) async fn settle(site: &Site, service: &Arc<Service>, count: usize) -> Result<()> {
    let root = KeySource::File { path: site.path().join("root.key") }.load()?;
    let hash = HashScheme::Argon2id(Argon2id::default()).hash("A password that nobody tries 1")?.to_string();
    let settle = |from| People {
        from,
        to: count.min(from + AT_ONCE),
        hash: hash.clone(),
        seeds: root.derive(Purpose::TotpSeeds),
    };
    for people in (0..count).step_by(AT_ONCE).map(settle) {
        service.store().write(people).await?;
    }
    Ok(())
}

/// A personal access token and what it was exchanged for.
pub(super) struct Token {
    pub(super) id: String,
    pub(super) bearer: String,
}

/// Tokens of as many people, who may not ask about others.
pub(super) async fn tokens(service: &Service, count: usize) -> Result<Vec<Token>> {
    let mut tokens = Vec::with_capacity(count);
    for n in 0..count {
        let alias = Kind::Known.name(n);
        let principal = Principal::User {
            client_id: "bench".to_owned(),
            identity_id: id(Kind::Known, n),
            alias,
            levels: [].into(),
        };
        let caller = Caller {
            principal,
            scopes: ScopeSet::all(),
            api_version: ApiVersion::V2025,
            tracking_id: Trace::default(),
        };
        let fields = PersonalAccessTokenFields {
            name: "bench".to_owned(),
            scope: None,
            access_token_validity_seconds: None,
            expiration_date: None,
            user_aware_token_never_expires: Some(true),
        };
        let (owned, secret) = service.create_personal_access_token(&caller, fields).await?;
        let id = owned.token.id.to_string();
        let request = TokenRequest {
            grant_type: Some("client_credentials".to_owned()),
            client_id: Some(id.clone()),
            client_secret: Some(SecretText::new(secret.expose().to_owned())),
            ..TokenRequest::default()
        };
        let issued = service.issue_token(request, &Trace::default()).await?;
        tokens.push(Token { id, bearer: issued.access_token.expose().to_owned() });
    }
    Ok(tokens)
}

/// The id of a person, computed from kind and number.
fn id(kind: Kind, n: usize) -> IdentityId {
    let mut bytes = [kind as u8 + 1; 16];
    bytes[8..].copy_from_slice(&(n as u64).to_be_bytes());
    IdentityId::from_random(bytes)
}

struct People {
    from: usize,
    to: usize,
    hash: String,
    seeds: Key,
}

impl Write for People {
    type Output = ();

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<(), StorageError> {
        for kind in [Kind::Known, Kind::Enrolled, Kind::Disabled] {
            for n in self.from..self.to {
                let identity = person(kind, n);
                identities::upsert(tx, &identity, Timestamp(0)).await?;
                sign_in_passwords::set(tx, &identity.id, &self.hash, Timestamp(0)).await?;
                if kind == Kind::Enrolled {
                    self.enrol(tx, &identity, n).await?;
                } else if kind == Kind::Known && n % 5 == 0 {
                    token(&identity, n).apply(tx).await?;
                }
            }
        }
        Ok(())
    }
}

impl People {
    async fn enrol(&self, tx: &mut Tx<'_>, identity: &Identity, n: usize) -> Result<(), StorageError> {
        let (id, identity_id, now) = (format!("{n:032x}"), identity.id.clone(), Timestamp(1));
        let sealed_seed = TotpSeed::random().seal(&self.seeds, identity_id.as_str(), &id).unwrap_or_default();
        StartTotp { id: id.clone(), identity_id: identity_id.clone(), sealed_seed, now, expires_at: Timestamp(2) }
            .apply(tx)
            .await?;
        let notice = Notice::factor_changed(Factor::Totp, FactorChange::Enrolled, None, &id, now);
        ConfirmTotp { audit: audit(&id), id, identity_id, step: 0, now, notice }.apply(tx).await?;
        Ok(())
    }
}

fn person(kind: Kind, n: usize) -> Identity {
    Identity {
        id: id(kind, n),
        alias: kind.name(n),
        name: format!("Person {n}"),
        email: Some(kind.address(n).replace("%40", "@")),
        status: if kind == Kind::Disabled { IdentityStatus::Disabled } else { IdentityStatus::Active },
        levels: [].into(),
        attributes: [("department".to_owned(), "Sales".to_owned())].into(),
    }
}

/// A token that no digits open, for as long as the run may take.
fn token(identity: &Identity, n: usize) -> CreateDigitToken {
    let mut bytes = [0; 16];
    random::fill(&mut bytes);
    let hours = |hours: i64| Timestamp(now().0 + hours * 3_600_000_000);
    CreateDigitToken {
        id: DigitTokenId::from_random(bytes),
        identity_id: identity.id.clone(),
        created_by: format!("bench:{n}"),
        salt: "AAAAAAAAAAAAAAAAAAAAAA==".to_owned(),
        digest: "0".repeat(64),
        length: 8,
        now: now(),
        expires_at: hours(24),
        since: hours(-24),
        most: 100,
        of_creator: passwright_domain::digit_token::AttemptLimits::default().of_issuer(),
        audit: audit(&format!("digits{n}")),
    }
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

fn audit(id: &str) -> AuditRecord {
    AuditRecord {
        id: format!("bench-{id}"),
        at: Timestamp(1),
        actor: "bench".to_owned(),
        event: "USER_FACTOR_ENROLLED",
        object: "identity:bench".to_owned(),
        outcome: Outcome::Passed,
        tracking_id: String::new(),
        address: None,
        detail: String::new(),
    }
}

/// The API client that sets which proofs are taken.
pub(super) fn administrator() -> Caller {
    Caller {
        principal: Principal::ApiClient { client_id: "bench".to_owned() },
        scopes: ScopeSet::all(),
        api_version: ApiVersion::V2025,
        tracking_id: Trace::default(),
    }
}
