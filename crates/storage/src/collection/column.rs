use super::sql::Engine;

/// What a column holds, and so how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A name in canonical form.
    Canonical,
    /// Text in lower case: an id.
    Lower,
    /// Any text.
    Text,
    /// A list of texts, as JSON.
    List,
    Boolean,
    Time,
}

impl Form {
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Canonical | Self::Lower | Self::Text)
    }
}

macro_rules! columns {
    ($($name:ident = $sql:literal, $form:ident $(, $nullable:ident)?;)+) => {
        /// Every column that a filter or an order may name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Column {
            $($name,)+
        }

        impl Column {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Table and column, or an expression over them.
            fn plain(self) -> &'static str {
                match self { $(Self::$name => $sql,)+ }
            }

            pub(super) fn form(self) -> Form {
                match self { $(Self::$name => Form::$form,)+ }
            }

            pub(super) fn is_nullable(self) -> bool {
                match self { $(Self::$name => columns!(@nullable $($nullable)?),)+ }
            }
        }
    };
    (@nullable) => { false };
    (@nullable nullable) => { true };
}

impl Column {
    /// Table and column, or an expression over them. A member of a JSON object is read differently by each engine.
    pub(super) fn sql(self, engine: Engine) -> &'static str {
        match (self, engine) {
            (Self::IdentityFirstName, Engine::Postgres) => "(identity.attributes::json ->> 'firstname')",
            (Self::IdentityLastName, Engine::Postgres) => "(identity.attributes::json ->> 'lastname')",
            _ => self.plain(),
        }
    }
}

columns! {
    AccountCorrelated = "(account.identity_id IS NOT NULL)", Boolean;
    AccountCreated = "account.created_at", Time;
    AccountId = "account.id", Lower;
    AccountIdentityId = "account.identity_id", Lower, nullable;
    AccountManuallyCorrelated = "account.manually_correlated", Boolean;
    AccountModified = "account.modified_at", Time;
    AccountName = "account.name", Text;
    AccountNativeIdentity = "account.native_identity", Text;
    AccountOwnerName = "identity.name", Text, nullable;
    AccountSourceId = "account.source_id", Lower;
    AccountUncorrelated = "(account.identity_id IS NULL)", Boolean;
    ActivityType = "'CloudPasswordRequest'", Text;
    ApplicationCreated = "application.created_at", Time;
    ApplicationEnabled = "application.enabled", Boolean;
    ApplicationId = "application.id", Lower;
    ApplicationModified = "application.modified_at", Time;
    ApplicationName = "application.name_key", Canonical;
    ApplicationSourceId = "application.source_id", Lower;
    IdentityAlias = "identity.alias_key", Canonical;
    IdentityCreated = "identity.created_at", Time;
    IdentityEmail = "identity.email", Text, nullable;
    IdentityFirstName = "json_extract(identity.attributes, '$.firstname')", Text, nullable;
    IdentityId = "identity.id", Lower;
    IdentityLastName = "json_extract(identity.attributes, '$.lastname')", Text, nullable;
    IdentityModified = "identity.modified_at", Time;
    IdentityName = "identity.name", Text;
    IdentityProcessingState = "'OK'", Text;
    IdentityStatus = "identity.status", Text;
    No = "FALSE", Boolean;
    PasswordChangeActor = "password_change.actor", Text;
    PasswordChangeCreated = "password_change.accepted_at", Time;
    PasswordChangeId = "password_change.id", Lower;
    PasswordChangeIdentityId = "password_change.identity_id", Lower;
    PasswordGroupId = "password_group.id", Lower;
    PasswordGroupName = "password_group.name_key", Canonical;
    PasswordGroupPolicyId = "password_group.policy_id", Lower, nullable;
    PasswordPolicyDefault = "password_policy.is_default", Boolean;
    PasswordPolicyId = "password_policy.id", Lower;
    PasswordPolicyName = "password_policy.name_key", Canonical;
    SourceAuthoritative = "source.authoritative", Boolean;
    SourceConnectionType = "'direct'", Text;
    SourceCreated = "source.created_at", Time;
    SourceDescription = "source.description", Text;
    SourceFeatures = "source.features", List;
    SourceHealthy = "source.healthy", Boolean;
    SourceId = "source.id", Lower;
    SourceKind = "source.connector_kind", Text;
    SourceModified = "source.modified_at", Time;
    SourceName = "source.name_key", Canonical;
    SourceNothing = "NULL", Text, nullable;
    SourceOwnerId = "source.owner_id", Lower, nullable;
    SourceOwnerName = "identity.name", Text, nullable;
    SourceStatus = "source.status", Text;
    UserApplicationId = "(identity.id || application.id)", Lower;
    Yes = "TRUE", Boolean;
}
