-- The failed sign-ins of a name, known or not, that may still count; rows live for minutes.
DROP TABLE sign_in_failure;

CREATE TABLE sign_in_attempt (
    name_key TEXT PRIMARY KEY,
    -- A JSON list of times.
    failed_at TEXT NOT NULL,
    locked_until BIGINT NOT NULL,
    -- Nothing counts from then on.
    forgotten_at BIGINT NOT NULL
);

CREATE INDEX sign_in_attempt_by_time ON sign_in_attempt (forgotten_at);
