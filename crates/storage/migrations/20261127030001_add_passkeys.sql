-- Passkeys, by their credential id (base64url). Public keys are COSE in base64.
CREATE TABLE passkey (
    credential_id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    public_key TEXT NOT NULL,
    -- The authenticator's counter, as it was told last.
    sign_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE INDEX passkey_by_identity ON passkey (identity_id);

-- What a browser of a person who is signed in was asked to sign; works once.
CREATE TABLE passkey_challenge (
    challenge TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    -- 'enrol' or 'prove'.
    purpose TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX passkey_challenge_by_identity ON passkey_challenge (identity_id);
CREATE INDEX passkey_challenge_by_end ON passkey_challenge (expires_at);
