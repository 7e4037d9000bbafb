-- Browsers that people are signed in with, by the SHA-256 of the secret in their cookie.
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    -- What the person is shown to tell one from another.
    browser TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When the person last proved who they are.
    proved_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- A change of the sign-in password that was asked for in this session and is written before this time leaves it open.
    survives_until BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX session_by_identity ON session (identity_id, created_at);
CREATE INDEX session_by_end ON session (expires_at);
