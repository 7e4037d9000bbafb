-- One text for SQLite and PostgreSQL. Ids are TEXT; times are BIGINT microseconds since 1970 UTC; JSON and base64 are TEXT.

CREATE TABLE identity (
    id TEXT PRIMARY KEY,
    alias TEXT NOT NULL,
    alias_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    email TEXT,
    status TEXT NOT NULL,
    levels TEXT NOT NULL,
    attributes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);

-- The identity's own sign-in password: the built-in source's store.
CREATE TABLE sign_in_password (
    identity_id TEXT PRIMARY KEY REFERENCES identity (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE source (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    features TEXT NOT NULL,
    connector TEXT,
    sealed_credential TEXT,
    policy_holders TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);

-- The account row is also the lane: the queue of its targets.
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identity (id),
    source_id TEXT NOT NULL REFERENCES source (id),
    native_identity TEXT NOT NULL,
    name TEXT NOT NULL,
    attributes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    next_seq BIGINT NOT NULL DEFAULT 0,
    ready_at BIGINT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    fence BIGINT NOT NULL DEFAULT 0,
    UNIQUE (source_id, native_identity)
);

CREATE INDEX account_by_identity ON account (identity_id);
CREATE INDEX account_ready ON account (ready_at) WHERE ready_at IS NOT NULL;

CREATE TABLE application (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    source_id TEXT NOT NULL REFERENCES source (id),
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);

CREATE TABLE password_policy (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    is_default BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);

CREATE TABLE password_group (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    policy_id TEXT REFERENCES password_policy (id),
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);

CREATE TABLE password_group_source (
    source_id TEXT PRIMARY KEY REFERENCES source (id),
    group_id TEXT NOT NULL REFERENCES password_group (id) ON DELETE CASCADE,
    position BIGINT NOT NULL
);

-- One row of each kind of whole-installation setting: 'org_config', 'password_dictionary', 'catalog_version'.
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    modified_at BIGINT NOT NULL
);

CREATE TABLE api_client (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    secret_sha256 TEXT NOT NULL,
    scopes TEXT NOT NULL,
    token_seconds BIGINT NOT NULL,
    rate_limit BIGINT NOT NULL,
    enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE personal_access_token (
    id TEXT PRIMARY KEY,
    owner_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL,
    scopes TEXT NOT NULL,
    token_seconds BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    UNIQUE (owner_id, name)
);

-- RSA key pairs; the private key is sealed and gone once the key is destroyed.
CREATE TABLE rsa_key (
    id TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    public_key TEXT NOT NULL,
    sealed_private_key TEXT NOT NULL
);

CREATE TABLE signing_key (
    id TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    sealed_private_key TEXT NOT NULL
);

CREATE TABLE password_change (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL,
    named_account_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    tracking_id TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    errors TEXT NOT NULL,
    source_ids TEXT NOT NULL,
    ended_at BIGINT,
    -- When the end may be shown; later than ended_at only for failures that speak of the decrypted payload.
    released_at BIGINT,
    payload_kind TEXT NOT NULL,
    rsa_key_id TEXT,
    epoch BIGINT NOT NULL,
    wrapped_key TEXT,
    ciphertext TEXT
);

CREATE INDEX password_change_by_identity ON password_change (identity_id, accepted_at);
CREATE INDEX password_change_open_epoch ON password_change (epoch) WHERE ended_at IS NULL;

-- The target row is the job.
CREATE TABLE change_target (
    account_id TEXT NOT NULL REFERENCES account (id),
    seq BIGINT NOT NULL,
    change_id TEXT NOT NULL REFERENCES password_change (id),
    position BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    -- NULL while the target waits for the change's first target.
    due_at BIGINT,
    maybe_written BOOLEAN NOT NULL,
    -- Until then an attempt whose outcome is not known may still reach the system; NULL when there is none.
    unresolved_until BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (account_id, seq)
);

CREATE INDEX change_target_by_change ON change_target (change_id, position);
CREATE INDEX change_target_unresolved ON change_target (account_id) WHERE unresolved_until IS NOT NULL;
CREATE INDEX change_target_open ON change_target (account_id, seq) WHERE ended_at IS NULL;

-- One ciphertext belongs to the first principal and identity that used it.
CREATE TABLE ciphertext_fence (
    rsa_key_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    actor TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    PRIMARY KEY (rsa_key_id, digest)
);

CREATE TABLE ciphertext_use (
    rsa_key_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    account_id TEXT NOT NULL,
    change_id TEXT NOT NULL,
    PRIMARY KEY (rsa_key_id, digest, account_id)
);

CREATE TABLE digit_token (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    created_by TEXT NOT NULL,
    salt TEXT NOT NULL,
    digest TEXT NOT NULL,
    length BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Used, replaced by a newer one, or out of attempts.
    closed_at BIGINT
);

CREATE INDEX digit_token_by_identity ON digit_token (identity_id, created_at);

-- Failed guesses of digit tokens, by the canonical name that was given, known or not.
CREATE TABLE digit_token_guess (
    id TEXT PRIMARY KEY,
    name_key TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX digit_token_guess_by_name ON digit_token_guess (name_key, at);

CREATE TABLE audit_record (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    object TEXT NOT NULL,
    outcome TEXT NOT NULL,
    tracking_id TEXT NOT NULL,
    detail TEXT NOT NULL
);

CREATE INDEX audit_record_by_time ON audit_record (at);
