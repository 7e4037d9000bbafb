-- What a person's proofs are worth only as long as: raised by every change of password or factor.
CREATE TABLE credential_generation (
    identity_id TEXT PRIMARY KEY REFERENCES identity (id) ON DELETE CASCADE,
    generation BIGINT NOT NULL
);

-- An authenticator app. Its seed is sealed. Not confirmed yet: it was shown, and nothing was enrolled.
CREATE TABLE totp_factor (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    sealed_seed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Until when it must be confirmed.
    expires_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    -- The time step of the code that was used last; none up to it works again.
    last_step BIGINT NOT NULL
);

CREATE INDEX totp_factor_by_identity ON totp_factor (identity_id);

-- Recovery codes, as HMACs under a key that is not in the database.
CREATE TABLE recovery_code (
    identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (identity_id, digest)
);

-- The way of one browser from "Cannot sign in?" to a new password; one for each browser. The state is the rules' own.
CREATE TABLE recovery_flow (
    session_key TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    -- Raised by every step: of two at once one is taken.
    revision BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX recovery_flow_by_end ON recovery_flow (expires_at);

-- Codes and links that were mailed. Their secrets are computed from the id and a key that is not in the database. Rows for unknown
-- names are no different.
CREATE TABLE mailed_proof (
    id TEXT PRIMARY KEY,
    flow_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    -- 'code' or 'link'.
    kind TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    UNIQUE (flow_id, step)
);

CREATE INDEX mailed_proof_by_end ON mailed_proof (expires_at);

-- Answers that were not shown to be right, and mails that were asked for, by the name that was given; each kind in a lane.
CREATE TABLE proof_attempt (
    id TEXT PRIMARY KEY,
    lane TEXT NOT NULL,
    name_key TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX proof_attempt_by_name ON proof_attempt (lane, name_key, at);
CREATE INDEX proof_attempt_by_time ON proof_attempt (at);

-- Finds whose name was forgotten.
CREATE INDEX identity_by_email ON identity (LOWER(email)) WHERE email IS NOT NULL;
