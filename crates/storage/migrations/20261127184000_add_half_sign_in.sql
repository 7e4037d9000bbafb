-- The factor that a sign-in was proved with besides the password, as forms name its way, and when it was last shown.
ALTER TABLE session ADD COLUMN factor TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN factor_at BIGINT NOT NULL DEFAULT 0;

-- Who gave the right password and has a factor to show yet: no session. Of the secret in a cookie the SHA-256.
CREATE TABLE half_sign_in (
    digest TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    -- Of the identity's credentials, when the password was given.
    generation BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX half_sign_in_by_identity ON half_sign_in (identity_id);
CREATE INDEX half_sign_in_by_end ON half_sign_in (expires_at);
