-- What Duo or Okta Verify was asked in a step of a reset. Rows for unknown names are no different, but for the transaction, which
-- there is when somebody was really asked.
CREATE TABLE third_party_question (
    id TEXT PRIMARY KEY,
    flow_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    -- 'duo-web' or 'okta-verify'.
    provider TEXT NOT NULL,
    -- Where the provider tells what was answered: a path of its host; empty where nobody was asked.
    poll_path TEXT NOT NULL,
    -- The number that the person chooses in the app; empty where there is none.
    number TEXT NOT NULL,
    -- How often it was asked for.
    looks BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    UNIQUE (flow_id, step)
);

CREATE INDEX third_party_question_by_end ON third_party_question (expires_at);

-- Codes of Okta Verify that were right, so that each counts once: digests under a key that is not in the database.
CREATE TABLE used_third_party_code (
    digest TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

CREATE INDEX used_third_party_code_by_end ON used_third_party_code (expires_at);
