-- What one sign-in of a user gave a client: everything that came of it is revoked together.
CREATE TABLE oauth_grant (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES api_client (id) ON DELETE CASCADE,
    identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX oauth_grant_by_identity ON oauth_grant (identity_id);
CREATE INDEX oauth_grant_by_client ON oauth_grant (client_id);
CREATE INDEX oauth_grant_by_end ON oauth_grant (expires_at);

-- Authorization codes and refresh tokens, by the SHA-256 of their secret: each works once.
CREATE TABLE one_time_secret (
    digest TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    grant_id TEXT NOT NULL REFERENCES oauth_grant (id) ON DELETE CASCADE,
    -- Of a code: where it was sent, and the challenge that its redeemer answers.
    redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT
);

CREATE INDEX one_time_secret_by_grant ON one_time_secret (grant_id);

-- Failed sign-ins, by the canonical name that was given, known or not.
CREATE TABLE sign_in_failure (
    name_key TEXT PRIMARY KEY,
    started_at BIGINT NOT NULL,
    failures BIGINT NOT NULL
);

CREATE INDEX sign_in_failure_by_time ON sign_in_failure (started_at);
