use passwright_domain::access::Caller;
use passwright_domain::audit::AuditRecord;
use passwright_domain::canonical::canonical;
use passwright_domain::directory::{Feature, Source};
use passwright_domain::ids::{IdentityId, SourceId};
use passwright_domain::timestamp::Timestamp;
use passwright_storage::directory::sources::Stored;
use passwright_storage::directory::{identities, sources};
use passwright_storage::{StorageError, Tx, Write, audit, settings};
use passwright_vault::key_source::Purpose;

use super::SourceFields;
use super::connection::{GivenCredential, checked, settings as settings_of};
use super::shown::Facts;
use super::wanted::Wanted;
use crate::edit::{Stop, settled};
use crate::password_policies::Users;
use crate::setup::credentials;
use crate::{Error, Fault, Service};

/// Writes a source as it is given.
struct SaveSource {
    source: Source,
    owner: Option<IdentityId>,
    /// Of the row it was made from; `None` for a new one.
    read_at: Option<Timestamp>,
    now: Timestamp,
    audit: AuditRecord,
}

impl SaveSource {
    async fn save(&self, tx: &mut Tx<'_>) -> Result<SourceFields, Stop> {
        if let Some(read_at) = self.read_at {
            let stored = sources::lookup(tx, &self.source.id).await?.ok_or(Error::NotFound)?;
            if stored.modified_at != read_at {
                return Err(Error::Conflict("the source was changed at the same time".to_owned()).into());
            }
        }
        let users = Users::read(tx).await?;
        let name = canonical(&self.source.name);
        if users.sources.iter().any(|other| other.id != self.source.id && canonical(&other.name) == name) {
            return Err(Error::bad(Fault::Taken, "name is the name of another source").into());
        }
        if let Some(group) = users.group_of(&self.source)
            && !self.source.features.contains(&Feature::Password)
        {
            let message = format!("the source needs the feature PASSWORD in the password group \"{}\"", group.name);
            return Err(Error::bad(Fault::InUse, message).into());
        }
        if let Some(owner) = &self.owner
            && identities::lookup(tx, owner).await?.is_none()
        {
            return Err(Error::bad(Fault::UnknownReference, "owner.id names no such identity").into());
        }
        sources::upsert(tx, &self.source, self.now).await?;
        sources::set_owner(tx, &self.source.id, self.owner.as_ref()).await?;
        audit::insert(tx, &self.audit).await?;
        settings::raise_catalog_version(tx, self.now).await?;
        let stored = sources::lookup(tx, &self.source.id).await?;
        let stored = stored.ok_or_else(|| Error::Internal("a source was not written".to_owned()))?;
        Ok(Facts::read(tx).await?.shown(&stored))
    }
}

impl Write for SaveSource {
    type Output = Result<SourceFields, Error>;

    async fn apply(&self, tx: &mut Tx<'_>) -> Result<Self::Output, StorageError> {
        settled(self.save(tx).await)
    }
}

impl Service {
    /// A source for one who may, with what it is shown with.
    pub(super) async fn source_with_facts(&self, id: &str) -> Result<(Stored, Facts), Error> {
        let id: SourceId = id.parse().map_err(|_| Error::NotFound)?;
        let mut reader = self.store.read().await?;
        let mut tx = reader.tx();
        let stored = sources::lookup(&mut tx, &id).await?.ok_or(Error::NotFound)?;
        Ok((stored, Facts::read(&mut tx).await?))
    }

    /// A source that there was not.
    pub(super) async fn insert_source(
        &self,
        caller: &Caller,
        kind: &str,
        wanted: Wanted,
    ) -> Result<SourceFields, Error> {
        let mut reader = self.store.read().await?;
        let others = sources::list(&mut reader.tx()).await?;
        drop(reader);
        let id = SourceId::from_random(self.rng.bytes16());
        let settings = wanted.settings.unwrap_or_default();
        let connection = checked(kind, &settings, wanted.credential, None, || Ok(None), &others)?;
        let source = Source {
            name: wanted.name,
            description: wanted.description,
            features: wanted.features,
            sealed_credential: self.sealed(&id, connection.credential, None)?,
            connector: Some(connection.connector),
            policy_holders: Vec::new(),
            id,
        };
        let audit = self.changed(caller, "SOURCE_CREATED", format!("source:{}", source.id), &source.name);
        let save = SaveSource { source, owner: wanted.owner, read_at: None, now: self.now(), audit };
        let saved = self.store.write(save).await??;
        self.recheck_catalog();
        Ok(saved)
    }

    /// A source in the place of the stored one; nothing is written when nothing differs.
    pub(super) async fn update_source(
        &self,
        caller: &Caller,
        (stored, facts): (Stored, Facts),
        wanted: Wanted,
    ) -> Result<SourceFields, Error> {
        let old = &stored.source;
        let owner = stored.owner.as_ref().map(|(id, _)| id);
        if wanted.owner.is_none() && owner.is_some() {
            return Err(Error::bad(Fault::Missing, "owner.id is required"));
        }
        let mut new =
            Source { name: wanted.name, description: wanted.description, features: wanted.features, ..old.clone() };
        let known = settings_of(old.connector.as_deref());
        let given = wanted.settings.unwrap_or_else(|| known.clone());
        let keeps = match &wanted.credential {
            GivenCredential::Keep => true,
            GivenCredential::Drop => old.sealed_credential.is_none(),
            GivenCredential::New(_) => false,
        };
        if given != known || !keeps {
            let open = || self.opened_credential(old);
            let connection = checked(&old.kind(), &given, wanted.credential, Some(old), open, &facts.users.sources)?;
            new.sealed_credential = self.sealed(&old.id, connection.credential, old.sealed_credential.clone())?;
            new.connector = Some(connection.connector);
        }
        let changes = [
            ("name", new.name != old.name),
            ("description", new.description != old.description),
            ("owner", wanted.owner.as_ref() != owner),
            ("features", new.features != old.features),
            ("connectorAttributes", new.connector != old.connector),
            ("credential", new.sealed_credential != old.sealed_credential),
        ];
        let changed: Vec<_> = changes.iter().filter(|(_, differs)| *differs).map(|(field, _)| *field).collect();
        if changed.is_empty() {
            return Ok(facts.shown(&stored));
        }
        let audit = self.changed(caller, "SOURCE_UPDATED", format!("source:{}", new.id), &changed.join(", "));
        let read_at = Some(stored.modified_at);
        let save = SaveSource { source: new, owner: wanted.owner, read_at, now: self.now(), audit };
        let saved = self.store.write(save).await??;
        self.recheck_catalog();
        Ok(saved)
    }

    fn opened_credential(&self, source: &Source) -> Result<Option<String>, Error> {
        let Some(sealed) = &source.sealed_credential else { return Ok(None) };
        let opened = credentials::open_credential(&self.root, &source.id, sealed);
        let message = "the stored credential does not open with this root key".to_owned();
        opened.map(Some).map_err(|()| Error::Internal(message))
    }

    /// The credential as it is stored, as `apply` stores it.
    fn sealed(
        &self,
        source: &SourceId,
        credential: GivenCredential,
        stored: Option<String>,
    ) -> Result<Option<String>, Error> {
        match credential {
            GivenCredential::Keep => Ok(stored),
            GivenCredential::Drop => Ok(None),
            GivenCredential::New(secret) => {
                let kek = self.root.derive(Purpose::SourceSecrets);
                let sealed = credentials::seal(&kek, source, &secret);
                sealed.map(Some).map_err(|e| Error::Internal(e.to_string()))
            }
        }
    }
}
